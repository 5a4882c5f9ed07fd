"""A data folder of the version before, started by this one."""
