"""One solver a file: each takes a Program and gives a Solution."""
