"""Prepaid packages, paid and used in time."""
