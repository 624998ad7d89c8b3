"""Runs of the theme engine as they are stored, the points that are drawn, selections on them."""
