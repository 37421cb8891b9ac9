"""The path of an event from a command to the ticket file, one ticket or a whole night."""
