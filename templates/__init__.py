"""Message templates, a folder for each book."""
