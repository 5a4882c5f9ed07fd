"""/tokens: personal access tokens."""
