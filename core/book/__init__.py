"""A book: its records, how they are read from TOML, and what makes them valid."""
