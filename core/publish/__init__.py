"""A book for people and for other programs: DMN files and pictures."""
