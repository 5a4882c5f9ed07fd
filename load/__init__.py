"""What load Duely bears: the bench with ratios, and the scenarios of users."""
