"""/reminders: reminders across tasks, and the ledger."""
