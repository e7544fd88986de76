"""Runs too large for one straight program: forms added up, items in classes, dealt out and exchanged."""
