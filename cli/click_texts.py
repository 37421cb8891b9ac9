"""What Click says, so that the catalogues have it: it looks its texts up by gettext itself."""

from prassi.core.system.language import mark, mark_count

TEXTS = (
    mark("Usage:"),
    mark("Options"),
    mark("Commands"),
    mark("Error: {message}"),
    mark("Error: The two entered values do not match."),
    mark("Error: invalid input"),
    mark("Show this message and exit."),
    mark("Show the version and exit."),
    mark("Try '{command} {option}' for help."),
    mark("Invalid value: {message}"),
    mark("Invalid value for {param_hint}: {message}"),
    mark("Missing argument"),
    mark("Missing option"),
    mark("Missing parameter"),
    mark("Missing {param_type}"),
    mark("Missing parameter: {param_name}"),
    mark("No such option {name!r}."),
    mark("No such command {name!r}."),
    mark("Missing command."),
    mark_count("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    mark_count("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    mark_count("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    mark_count(
        "Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."
    ),
    mark("Option {name!r} does not take a value."),
    mark("Argument {name!r} takes {nargs} values."),
    mark("{value!r} is not a valid {number_type}."),
    mark("{value} is not in the range {range}."),
    mark("{value!r} is not a valid boolean. Recognized values: {states}"),
    mark("Choose from:\n\t{choices}"),
    mark("default: {default}"),
    mark("env var: {var}"),
    mark("(dynamic)"),
    mark("Aborted!"),
)
"""As Click has them; where it changes one, that one stays English."""
