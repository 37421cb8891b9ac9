"""What can be found wrong in a book beside the faults that keep it from being read.

`examine` is the way in; docs/book-check.md says why what it finds is all there is.
"""
