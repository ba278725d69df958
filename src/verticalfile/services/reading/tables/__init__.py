"""Pages of a table: its rows, one row, its columns, what is taken away from it."""
