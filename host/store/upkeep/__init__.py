"""What the chores and the operator's commands need: archive, pruning, rebuild, checks and repairs, leases, processes."""
