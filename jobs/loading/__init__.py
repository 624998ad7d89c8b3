"""A file becomes a table and a collection, all of it or nothing."""
