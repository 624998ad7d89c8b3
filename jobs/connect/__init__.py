"""Declaring a table that is there: its columns' roles, known layouts, the check against it."""
