"""What can be wrong in a book beside the faults that keep it from being read.

`check_book.examine_book` is the entry; docs/book-check.md says why nothing is missed.
"""
