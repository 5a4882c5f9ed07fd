"""/stream: the live stream."""
