"""The public API over the real rules and a real database."""
