"""The tables of words and patterns, one a language: data without code."""
