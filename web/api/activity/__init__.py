"""/activity: the activity log, and undo."""
