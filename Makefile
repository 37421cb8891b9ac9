# The way in: `make demo` and `make test` make their own environment. Needs Python 3.11 or later.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
# A new or moved file needs the install again, so every target that runs something depends on it.
SOURCES := $(shell find cli core templates fixtures -type d -o -name '*.py' -o -name '*.toml' -o -name '*.sql' -o -name '*.j2' -o -name '*.json' -o -name '*.po' -o -name '*.html' -o -name '*.css' -o -name '*.js' 2>/dev/null | grep -v __pycache__)

.PHONY: demo serve test test-slow test-pythons hard check format bench bench-check snapshots reference catalogues architecture clean

demo: $(VENV)/installed
	@$(BIN)/python scripts/demo.py

# The demo's desks in a browser, at http://127.0.0.1:8600/; Ctrl+C ends it.
serve: $(VENV)/installed
	@$(BIN)/python scripts/serve_demo.py

test: $(VENV)/installed
	@scripts/run_tests $(BIN) quick

# What takes long: small versions of what `make hard` tries, the wheel, memory; and how much of core/
# the quick tests reach, in another order than `make test` has.
test-slow: $(VENV)/installed
	@scripts/run_tests $(BIN) slow
	@scripts/run_tests $(BIN) covered

# All tests, with every Python from 3.11 on that is found, or those that PYTHONS names.
test-pythons:
	@scripts/test_pythons

# What tries hard and takes long, and the page that tells of it; each of the scripts can be run by
# itself, with --small too. LibreOffice, pyDMNrules and Spark are asked where they are installed.
hard: $(VENV)/installed $(VENV)/hard
	@$(BIN)/python scripts/reliability.py

$(VENV)/hard:
	@$(PYTHON) -m venv $@ && $@/bin/python -m pip install --quiet --editable '.[hard,spark]' || true

check: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p prassi.cli -p prassi.core
	$(BIN)/mypy --follow-imports=silent scripts
	$(BIN)/lint-imports setup.cfg --no-logo
	$(BIN)/python scripts/measure_house.py
	$(BIN)/python scripts/reference.py --check
	$(BIN)/python scripts/statements.py --check
	$(BIN)/python scripts/morning_picture.py --check
	$(BIN)/python scripts/draw_layers.py --check
	$(BIN)/python scripts/catalogues.py --check

format: $(VENV)/installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

reference: $(VENV)/installed
	$(BIN)/python scripts/reference.py
	$(BIN)/python scripts/statements.py
	$(BIN)/python scripts/morning_picture.py

catalogues: $(VENV)/installed
	$(BIN)/python scripts/catalogues.py

architecture: $(VENV)/installed
	$(BIN)/python scripts/draw_layers.py

snapshots: $(VENV)/installed
	PRASSI_SNAPSHOTS=renew $(BIN)/python -m pytest tests

# What commands cost, and the page that tells of it: docs/performance.md.
bench: $(VENV)/installed $(VENV)/bench
	@$(BIN)/python scripts/bench/page.py

# Whether a figure got worse than the one in docs/performance.md; NAMES="start decide" for some of them.
bench-check: $(VENV)/installed $(VENV)/bench
	@$(BIN)/python scripts/bench/check.py $(NAMES)

$(VENV)/bench:
	@$(BIN)/python -c 'import zen' 2>/dev/null || $(BIN)/python -m pip install -qq --editable '.[bench]' || true
	@$(BIN)/python -c 'import zen' 2>/dev/null && touch $@ || true

$(VENV)/made: setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Prassi needs Python 3.11 or later; set PYTHON=..." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --upgrade pip 'setuptools>=68' wheel
	$(BIN)/python -m pip install -qq --editable '.[dev]'
	@touch $@

$(VENV)/installed: $(VENV)/made $(SOURCES)
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q build # Python itself would not where PYTHONDONTWRITEBYTECODE is set
	@touch $@

clean:
	rm -rf build dist man *.egg-info $(VENV) .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
