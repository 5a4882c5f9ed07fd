"""/tags: a user's tags."""
