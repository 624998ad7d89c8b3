"""Rows of a collection: by id, packed, counted by facet and by time, in groups."""
