"""The queue, its workers, and what a person may ask of it."""
