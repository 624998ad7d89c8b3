"""How a search is asked for: what the modes are called, and how many rows it shows."""

MODES = {"Meaning and words": "hybrid", "Meaning": "meaning", "Words": "words"}
CALLED = {mode: name for name, mode in MODES.items()}
LIMITS = (20, 50, 100)
