"""The simulation: actors, consumers and chores in one process, without a sidecar, on a clock that can be moved."""
