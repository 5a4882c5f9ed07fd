"""The whole private side in one process and without a sidecar, on a clock that can be moved."""
