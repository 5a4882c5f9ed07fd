"""The chat: what a person says becomes calls of the catalogue's tools, and an answer in words."""
