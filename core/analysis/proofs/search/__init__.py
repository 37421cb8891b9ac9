"""Model checking: the search through the states of an abstraction, with a monitor for a property."""
