"""/chat: one message, its answer, and what happens in between."""
