"""How the question is asked."""
