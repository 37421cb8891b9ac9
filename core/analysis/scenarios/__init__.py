"""Scenarios: what a book is tried with, beside the book; `files` says how they are written.

`stage` plays them on a ticket file in memory, `coverage` says what of a book they reach, `mutants`
which mutations of the book they would not notice, and `boundaries` writes those that are missing.
"""
