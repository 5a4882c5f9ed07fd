"""The command line `duely`: one file a command, and `cli.py` with the table of all commands."""
