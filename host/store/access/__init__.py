"""Signing in: accounts, sessions, tokens, rate limits and shared secrets."""
