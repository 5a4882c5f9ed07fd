"""/me: the caller's own profile."""
