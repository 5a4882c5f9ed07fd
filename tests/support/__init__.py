"""What tests of several levels share: clients, systems under test, replicas."""
