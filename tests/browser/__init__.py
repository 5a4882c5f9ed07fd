"""The real system in a real browser."""
