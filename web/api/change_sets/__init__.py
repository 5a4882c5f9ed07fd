"""/change-sets: what was done as one whole, and taking all of it back."""
