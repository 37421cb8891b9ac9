"""Messages on their way out: e-mails, and the Maildir they are written to."""
