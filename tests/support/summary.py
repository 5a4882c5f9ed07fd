"""Lines that tests leave for the end of the run: figures, tables, where pictures are. tests/conftest.py prints them."""

SUMMARY: list[str] = []
