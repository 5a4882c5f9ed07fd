"""What was measured, shown at the end of the run."""

FIGURES: list[str] = []
