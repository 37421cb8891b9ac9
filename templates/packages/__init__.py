"""Messages of the packages book."""
