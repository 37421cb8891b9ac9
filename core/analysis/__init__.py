"""What can be said of a book before anybody works by it, and of old decisions afterwards."""
