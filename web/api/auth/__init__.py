"""/auth: signing up, logging in and out, changing the password."""
