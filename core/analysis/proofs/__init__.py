"""Proving what a book declares of itself, over all sequences of events and days.

`properties` are what a book can declare and `watches` what tells that one is broken; `reads` finds
out what a fact looks at, `bounds` from where on a date or a number makes no difference, `scope` which
parts of a ticket are kept, `classes` what tickets that are alike look like, `starts` how they begin;
`facts`, `givens`, `views`, `sketch` and `moves` work out what can happen to them, with the book's own
SQL, tables and actions; `search` goes through all of it, and `prove` decides. `player` plays a story on
a ticket file, `check` judges it, `telling` tells it and `ways` times it. docs/proving-a-book.md says
why nothing is missed.
"""
