"""The load that Duely bears: the bench, whose figures are ratios."""
