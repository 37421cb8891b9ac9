"""Customers and tickets from JSON, JSON Lines and CSV, checked row by row."""
