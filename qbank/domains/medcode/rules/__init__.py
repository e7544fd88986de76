"""The rules of the family codes: every module here is one, named as its slug."""
