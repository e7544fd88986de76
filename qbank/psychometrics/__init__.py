"""Pure functions on numbers: item response theory; classical statistics follow."""
