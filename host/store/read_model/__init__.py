"""The read model: `X_rows` writes a table from events, `X_queries` reads it for the API; and how far it has come."""
