"""From facts to a rule, and from a rule to a plan."""
