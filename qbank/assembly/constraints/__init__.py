"""One kind of constraint a file: its fields, its check, its rows for the solver, its audit."""
