"""Characters and mark-up of every text of a bank."""
