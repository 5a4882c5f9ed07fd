"""The tools as agents are told of them."""
