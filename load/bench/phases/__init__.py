"""The phases of the bench, one file a question."""
