"""What open pages hear: the hub of live streams, and the news that other processes send it."""
