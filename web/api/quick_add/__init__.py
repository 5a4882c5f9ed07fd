"""/quick-add: one line of text, read, or made a task or a series."""
