"""What the patterns mean: `table.py` is the map from their names to what reads them, the same in all languages. Pure."""
