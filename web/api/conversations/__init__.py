"""/conversations: what was said to the assistant, and answered."""
