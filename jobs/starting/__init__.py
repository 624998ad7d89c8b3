"""`up`: from nothing to a page that answers."""
