"""Templates that loop, double or fill up, and the words in which each is stopped."""

from __future__ import annotations

LARGE = "becomes too large: 1,000,000 characters"
STEPS = "loops take more than 100,000 steps"
TIME = "takes more than 0.5 s, and was stopped"
DEEP = "recursion depth"
NUMBERS = "for multiplying numbers only"
WIDTH = "widths of two digits at most"
FORMAT = "a text has no format here"
NO_TEXT = "is not a text, a number or a list"


def again(start: str, step: str, end: str) -> str:
    """A template that does a step sixty times: what doubles each time has no place anywhere."""
    loop = f"{{% for i in range(60) %}}{step}{{% endfor %}}"
    return f"{{% set n = namespace(x={start}, y={start}) %}}{loop}{{{{ {end} }}}}"


ROWS = "range(99999)"
WIDE = "('y' | center(99999) | replace(' ', 'y'))"
BOMBS = {
    # loops, and what they print
    f"{{% for i in {ROWS} %}}{{% for j in {ROWS} %}}{{% endfor %}}{{% endfor %}}": STEPS,
    f"{{% for i in {ROWS} %}}{{% for j in {ROWS} %}}x{{% endfor %}}{{% endfor %}}": STEPS,
    f"{{% set x %}}{{% for i in {ROWS} %}}{{% for j in {ROWS} %}}x{{% endfor %}}{{% endfor %}}"
    "{% endset %}{{ x }}": STEPS,
    f"{{% for i in {ROWS} | map('string') %}}{{% for j in range(9) %}}{{% endfor %}}{{% endfor %}}": STEPS,
    f"{{% for i in range(99) %}}{{{{ {WIDE} }}}}{{% endfor %}}": LARGE,
    "{{ range(99999999) | list }}": "Range too big",
    f"{{% for i in range(9999) %}}{{% if {ROWS} | sort(reverse=true) %}}{{% endif %}}{{% endfor %}}": TIME,
    f"{{% set x = {WIDE} %}}{{% for i in {ROWS} %}}{{% if 'zzzyy' in x %}}{{% endif %}}{{% endfor %}}": TIME,
    "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(99) }}": TIME,
    # what calls itself
    "{% macro f(n) %}{{ f(n) }}{{ f(n) }}{% endmacro %}{{ f(1) }}": DEEP,
    "{% for x in [1] recursive %}{{ loop([1, 1]) }}{% endfor %}": DEEP,
    "{% include 'collections/try.it.j2' %}": DEEP,
    "{% extends 'collections/try.it.j2' %}": DEEP,
    "{% import 'collections/try.it.j2' as x %}": DEEP,
    "{% block a %}{{ self.a() }}{% endblock %}": DEEP,
    # what doubles
    again("'aaaa'", "{% set n.x = n.x + n.x %}", "n.x | length"): LARGE,
    again("'aaaa'", "{% set n.x = n.x ~ n.x %}", "n.x | length"): LARGE,
    again("'aaaa'", "{% set n.x %}{{ n.x }}{{ n.x }}{% endset %}", "n.x | length"): LARGE,
    again("'aaaa'", "{% set n.x = n.x | replace('a', n.x) %}", "n.x | length"): LARGE,
    again("'aaaa'", "{% set n.x = n.x.replace('a', n.x) %}", "n.x | length"): LARGE,
    again("'aaaa'", "{% set n.x = [n.x, n.x] | join %}", "n.x | length"): LARGE,
    again("[1]", "{% set n.x = n.x + n.x %}", "n.x | length"): LARGE,
    again("[1]", "{% set n.x = [n.x, n.x] %}", "n.x | length"): LARGE,
    again("[1]", "{% set n.x, n.y = [n.x, n.x], [n.y, n.y] %}", "n.x == n.y"): LARGE,
    again("(1,)", "{% set n.x = (n.x, n.x) %}", "{n.x: 1} | length"): LARGE,
    again("{}", "{% set n.x = {'a': n.x, 'b': n.x} %}", "n.x"): LARGE,
    again("{}", "{% set n.x = dict(a=n.x, b=n.x) %}", "n.x"): LARGE,
    again("[1]", "{% set n.x = cycler(n.x, n.x).items %}", "n.x"): LARGE,
    again("[1]", "{% set n.x = n.x | batch(2, n.x) | list %}", "n.x"): LARGE,
    again("1", "{% set n.x = namespace(a=n.x, b=n.x) %}", "n.x"): NO_TEXT,
    again("1", "{% set n.x = namespace(a=n.x, b=n.x) %}", "n.x | string"): NO_TEXT,
    again("1", "{% set n.x = namespace(a=n.x, b=n.x) %}", "n.x ~ 'x'"): NO_TEXT,
    again("1", "{% set n.x = namespace(a=n.x, b=n.x) %}", "[n.x] | join"): NO_TEXT,
    again("1", "{% set n.x = namespace(a=n.x, b=n.x) %}", "[1] | join(n.x)"): NO_TEXT,
    "{% set x = 'aaaa' %}" + "{% set x = x ~ x %}" * 40 + "{{ x | length }}": LARGE,
    "{% macro f() %}{{ varargs }}{% endmacro %}{{ f(1, 1) }}": "varargs can't be used",
    "{% macro f() %}{{ kwargs }}{% endmacro %}{{ f(a=1) }}": "kwargs can't be used",
    "{% set n = namespace(x=3) %}{% for i in range(60) %}{% set n.x = n.x * n.x %}{% endfor %}": "too large",
    again("[1]", "{% set n.x = [n.x] %}", "n.x"): "list within a list too often",
    # what repeats, or fills up
    "{{ 'a' * 300000000 }}": NUMBERS,
    "{{ [1] * 300000000 }}": NUMBERS,
    "{{ 9 ** 99999999 }}": NUMBERS,
    "{{ '%1000000000d' % 1 }}": NUMBERS,
    "{{ 'a' | center(1000000000) }}": LARGE,
    "{{ ['a'] | map('center', 1000000000) | list }}": LARGE,
    "{{ 'a'.center(1000000000) }}": LARGE,
    "{{ 'a'.ljust(width) }}": LARGE,
    "{{ 'a'.zfill(1000000000) }}": LARGE,
    "{{ 'a\tb'.expandtabs(1000000000) }}": LARGE,
    "{{ 'a\nb' | indent(1000000000) }}": LARGE,
    "{{ 'a b' | wordwrap(1, wrapstring=x * 1 ~ 'x') }}": NUMBERS,
    f"{{{{ ('a ' | center(99999)) | wordwrap(1, wrapstring={WIDE}) }}}}": LARGE,
    f"{{{{ {WIDE} | replace('', {WIDE}) }}}}": LARGE,
    f"{{{{ {WIDE}.join({ROWS} | map('string')) }}}}": LARGE,
    f"{{{{ {ROWS} | join({WIDE}) }}}}": LARGE,
    f"{{% filter replace('y', {WIDE}) %}}{{{{ {WIDE} }}}}{{% endfilter %}}": LARGE,
    "{{ (1).to_bytes(1000000000, 'big') }}": LARGE,
    "{{ (1).to_bytes(9, 'big').zfill(1000000000) }}": NO_TEXT,
    "{{ 'a'.encode().center(1000000000) }}": NO_TEXT,
    "{{ range(9) | slice(1000000000) | list }}": LARGE,
    f"{{{{ ({WIDE} | replace('y', 'aaaaaaaa,')).split(',') }}}}": LARGE,
    f"{{{{ ({WIDE} | replace('y', 'a\tb\n')) | columns('<<') | length }}}}{{{{ {WIDE} * 2 }}}}": NUMBERS,
    "{{ 3 | round(1000000000) }}": LARGE,
    "{{ 3 | round(-99) }}": "at most 12 decimals",
    "{{ 10000000000000000 | plural(other='{n}') }}": "plural needs a whole number",
    # what hides its size
    "{{ '%1000000000d' | format(1) }}": WIDTH,
    "{{ '%.1000000000f' | format(1) }}": WIDTH,
    "{{ '%*d' | format(1000000000, 1) }}": WIDTH,
    "{{ ['%1000000000d'] | map('format', 1) | list }}": WIDTH,
    "{{ '{:>1000000000}'.format(1) }}": FORMAT,
    "{{ '{x:>1000000000}'.format_map({'x': 1}) }}": FORMAT,
    "{{ ['{:>1000000000}'] | map(attribute='format') | list }}": FORMAT,
    # what is long, or deep, as it is written
    "x" * 200_001: "at most 200,000 characters",
    "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}": DEEP,
    "{% if 1 %}" * 500 + "{% endif %}" * 500: DEEP,
    "{{ " + "1+" * 60_000 + "1 }}": f"{DEEP}|{TIME}",
    # what is for pages, or tells of the machine
    "{{ x | tojson(9) }}": "No filter named 'tojson'",
    "{{ x | urlize }}": "No filter named 'urlize'",
    "{{ x | attr('upper') }}": "No filter named 'attr'",
    "{{ x | pprint }}": "No filter named 'pprint'",
    "{{ loop }}{{ namespace }}": "undefined|no text",
    "{{ [x, nosuch] }}": "'nosuch' is undefined",
}  # fmt: skip
