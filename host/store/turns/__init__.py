"""What turns commit and what becomes of it: actors' docs, commands, wakes, the outbox, its consumers and dead letters."""
