"""All SQL: tables, migrations, reads and writes."""
