"""What people say to the chat in each language, and what it answers, as data."""
