"""All that goes to a screen or a file: decisions, tickets, tables, worklists, JSON, CSV and pages."""
