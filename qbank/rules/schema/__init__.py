"""Records whose shape or vocabulary is not what the bank declares."""
