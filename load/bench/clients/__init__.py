"""The load processes: each reads an order as JSON from stdin, does it, and prints its result as JSON."""
