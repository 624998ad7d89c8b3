"""One person: what they did, what is kept about them, its export and its erasure."""
