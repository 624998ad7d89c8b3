"""Vectors in and out of PostgreSQL, the spaces they are kept in, and their index."""
