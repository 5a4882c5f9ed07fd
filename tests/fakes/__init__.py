"""Fakes: hand-written stand-ins for what is outside the room under test."""
