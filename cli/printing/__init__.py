"""What commands print: text for people, tables, JSON and CSV."""
