"""Tests of the MCP face over the whole public app."""
