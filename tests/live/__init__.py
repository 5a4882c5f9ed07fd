"""The real system, used through its API."""
