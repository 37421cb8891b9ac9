"""The ticket file: an SQLite database whose events are the spine of everything in it."""
