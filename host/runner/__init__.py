"""Starts and keeps every part of Duely running on one machine."""
