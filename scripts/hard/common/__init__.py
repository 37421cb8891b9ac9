"""What the scripts that try hard share: ticket files, commands, and figures."""
