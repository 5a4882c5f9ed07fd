"""Notifying users: deliveries, notifications, the tasks of a digest, the reminder ledger."""
