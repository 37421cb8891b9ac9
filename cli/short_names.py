"""Short names that people type, and which parameters of commands are refs of tickets."""

COMMANDS = {
    "co": "call-outcome",
    "pr": "promise",
    "pay": "payment",
    "pb": "preblock",
    "cr": "care-reply",
    "hb": "hand-back",
    "ic": "insistence-check",
    "rt": "case-route",
    "px": "package-expiry",
    "sh": "show",
    "ex": "explain",
}
"""Short names of commands."""

VALUES = {"na": "no-answer", "ap": "already-paid", "ag": "agreement", "no": "no-agreement"}
"""Short names of values, where a value of that name can be given."""

REFS = ("ticket", "tickets", "case", "request", "refs")
"""Parameters of commands that are refs of tickets."""
