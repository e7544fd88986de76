"""Native files → values plus findings, and every value's file, line and column on demand."""
