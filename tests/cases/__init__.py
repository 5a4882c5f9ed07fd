"""Inputs with right values: `python -m tests.cases NAME` runs those of NAME*.json beside this file, or of another file."""
