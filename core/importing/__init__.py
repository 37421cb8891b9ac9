"""Customers and tickets from JSON, CSV and, by maps, other programs' exports, checked row by row."""
