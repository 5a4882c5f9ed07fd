"""The private side of Duely: the store, consumers, chores, what speaks to Dapr, the runner and the `duely` command."""
