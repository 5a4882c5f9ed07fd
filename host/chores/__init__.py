"""What only one process of all does at a time, under a leader."""
