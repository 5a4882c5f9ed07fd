"""Chores: the loops that only one process of all may run at a time, and the leader that shares them out."""
