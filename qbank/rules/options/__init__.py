"""The options of an item among themselves."""
