"""Rounded counts for the product role: counted, decided, attacked, stored."""
