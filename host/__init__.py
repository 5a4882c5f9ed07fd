"""The private side: actor host, gateway, relay, sweeper, consumers, store, runner and the duely command."""
