"""Themes, who wrote in them, what people decide about them, and taking that back."""
