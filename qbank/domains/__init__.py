"""Subject knowledge that plugs in from outside; nothing of qbank imports it."""
