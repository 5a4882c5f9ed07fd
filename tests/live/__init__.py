"""The real system, walked through over the API."""
