"""The store, the fence and the consumers on a real PostgreSQL."""
