"""What can be found out about a book before anybody uses it, and about old decisions afterwards."""
