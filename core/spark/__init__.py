"""Nights, what-if and replay over the parts of ticket files, by Spark."""
