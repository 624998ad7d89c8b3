"""A declared table as a whole: its views, its companions, its check against the table, loading."""
