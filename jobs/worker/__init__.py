"""The worker: its loop, the kinds of work, its sign of life, what it watches."""
