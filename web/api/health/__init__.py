"""/health: whether the process is alive and ready."""
