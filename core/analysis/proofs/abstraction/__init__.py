"""The abstraction of a book: which parts of a ticket a proof keeps, and what can follow."""
