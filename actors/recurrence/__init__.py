"""Recurrence rules: reading them, expanding them into slots, and saying them as a sentence. Pure."""
