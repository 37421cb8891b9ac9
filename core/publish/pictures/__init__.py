"""Books as pictures: how statuses follow each other, and each table as a tree of questions."""
