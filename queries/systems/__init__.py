"""What only some of the five systems have: patterns, a community, a twin; and the demo."""
