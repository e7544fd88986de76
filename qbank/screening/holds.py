"""What an option may hold, as bits: `batch.choices.having(DIGIT | ODD)`."""

from __future__ import annotations

DIGIT, ODD, STRONG, CITED, JOINED, PARTED, NAMING, LOOSE = (1 << bit for bit in range(8))
"""A digit; bytes beyond ASCII; ** __ or <; [ or (; a comma, & or +; ; or /; a digit or sign of names and
code; grave accents, asterisks, underscores or blanks in a row."""
