"""What an attacker sends: each attack against a real listener, and what others notice of it."""
