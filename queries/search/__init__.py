"""Search by meaning and by words, neighbours, similar pairs, and how each was answered."""
