"""Rounded counts for the product role, and what they are made from."""
