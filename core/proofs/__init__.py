"""Proving what a book declares of itself, over all sequences of events and days.

`properties` are what a book can declare and `watches` what tells that one is broken; `reads` finds
out what a fact looks at, `bounds` from where on a date or a number makes no difference, `classes`
what tickets that are alike look like; `facts` and `moves` work out what can happen to them, with the
book's own SQL, tables and actions; `search` goes through all of it, and `prove` decides.
"""
