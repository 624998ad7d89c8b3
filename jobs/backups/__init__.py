"""Backups, restoring them, and erasing a person from both sides of one."""
