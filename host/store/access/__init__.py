"""Who may come in: accounts, sessions, tokens, rate counts, secrets."""
