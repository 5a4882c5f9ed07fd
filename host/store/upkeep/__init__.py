"""Keeping the database well: archive, pruning, snapshots, checks and repairs, leases, processes."""
