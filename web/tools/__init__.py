"""Tools: what an agent, the chat or a script can ask for by name, over the same actors as the API."""
