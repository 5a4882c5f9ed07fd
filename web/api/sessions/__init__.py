"""/sessions: a person's own sessions."""
