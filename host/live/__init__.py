"""Live updates: the hub of live streams, and the announcements that other processes send to it through the broker."""
