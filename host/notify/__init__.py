"""Telling people: when a notification goes out, as how many, and through which channel."""
