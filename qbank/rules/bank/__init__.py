"""The bank as a whole: key positions, and what it offers to a blueprint."""
