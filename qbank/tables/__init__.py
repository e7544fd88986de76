"""Items as rows of a table and back: one column layout that csv and xlsx share, and maps of other layouts."""
