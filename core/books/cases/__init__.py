"""Sending a case to the unit that solves it."""
