"""The runner on real parts, and the commands beside it."""
