"""Messages of the cases book."""
