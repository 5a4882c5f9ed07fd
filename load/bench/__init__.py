"""The bench: what Duely costs against the same work without it, as ratios of one run."""
