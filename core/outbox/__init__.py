"""Messages on their way out: e-mails, and what takes them: Maildir, SMTP, sendmail, SMS gateways."""
