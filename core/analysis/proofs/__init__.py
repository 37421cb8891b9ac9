"""Proving what a book declares of itself, over all sequences of events and days.

Model checking by counterexample-guided abstraction refinement (CEGAR). `abstraction` puts tickets
together in classes of which only some parts are kept; `search` goes through all that can happen to
them, with a monitor for the property; `counterexample` plays what is found on a ticket file;
`refinement_loop` decides a property with them, keeping more where a counterexample can't be played, and
`prove` is the way in. `search` knows an abstraction by the five methods of search/abstraction.py only.
docs/proving-a-book.md says why nothing is missed.
"""
