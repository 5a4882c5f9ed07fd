"""The real system on a real broker."""
