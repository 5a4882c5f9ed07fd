"""The Duely of one test and its two people are those of the API's tests."""

from tests.api.conftest import ada, bob, here, server

__all__ = ["ada", "bob", "here", "server"]
