"""Rules: one file, one function, one page under tests/rules; a family is a folder."""
