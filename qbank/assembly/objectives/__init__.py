"""One kind of objective a file: its fields, its check, its costs and rows, its value for finished forms."""
