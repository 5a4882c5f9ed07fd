"""What a turn commits and what follows from it: documents of actors, commands, wakes, the outbox and its dead letters."""
