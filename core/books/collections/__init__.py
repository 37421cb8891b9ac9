"""Recovering unpaid proformas."""
