"""Cells, decision tables and the regions of facts that they answer."""
