"""What an operator does to a system that runs: look at it, mend it, hold a consumer, try again what failed."""
