"""Consumers: what happens after an event, by the table in `table.py`, and how events reach a consumer."""
