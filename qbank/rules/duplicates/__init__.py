"""Items that ask the same question twice."""
