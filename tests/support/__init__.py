"""Support that several levels share: clients, systems under test, replicas, proxies, waiting."""
