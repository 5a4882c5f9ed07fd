"""The version before this one, beside this one, on one database."""
