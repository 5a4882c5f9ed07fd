"""The runner: starts every part of Duely on one machine and keeps it running."""
