"""The runner with its real parts."""
