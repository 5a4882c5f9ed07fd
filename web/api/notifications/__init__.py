"""/notifications: the notification centre."""
