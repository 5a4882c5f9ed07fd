"""The processes that load what is measured; each reads one JSON from stdin and prints one."""
