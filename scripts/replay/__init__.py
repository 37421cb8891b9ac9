"""Replaying a ledger of invoices, night by night, through the code of the commands."""
