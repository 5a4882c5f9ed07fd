"""Back ends: what answers a message of the chat."""
