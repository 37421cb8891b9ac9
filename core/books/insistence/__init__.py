"""Insisting on a requirement already filed."""
