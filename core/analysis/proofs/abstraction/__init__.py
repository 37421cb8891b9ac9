"""The abstraction of a book's tickets: which parts of them a proof keeps, and what can follow."""
