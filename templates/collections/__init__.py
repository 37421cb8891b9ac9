"""Messages of the collections book."""
