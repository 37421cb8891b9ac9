"""The search through the states of an abstraction."""
