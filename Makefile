# Everything a person or a CI run needs. `make help` lists the targets.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
WORKERS ?= 2
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run test lint types unit test-slow golden bench screenshots audit clean

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/ready  ## Install, build the example library, open the page and print its address
	@$(BIN)/python app.py

test: .venv/ready-dev lint types unit  ## Install, then style, types and all tests (minutes)

lint: .venv/ready-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: .venv/ready-dev
	@$(BIN)/mypy

unit: .venv/ready-dev .venv/browser .venv/database
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal -m "not slow"

test-slow: .venv/ready-dev .venv/browser .venv/database  ## The tests that take long: kills, loads, large libraries
	@$(BIN)/pytest -n $(WORKERS) -m slow

golden: .venv/ready-dev  ## Rewrite the golden measures in tests/qa: review the difference before committing it
	@$(BIN)/python -m tests.golden --write

bench: .venv/ready-dev  ## Speed and size, as ratios measured side by side
	@$(BIN)/python -m benchmarks; status=$$?; $(BIN)/python -m benchmarks.page --seconds 20; exit $$status

screenshots: .venv/ready-dev .venv/browser  ## Make the pictures in docs/ from the real page
	@$(BIN)/python docs/make_screenshots.py

audit: .venv/ready  ## Ask the public advisories about the pinned versions
	@.ci/audit $(PYTHON)

clean:  ## Remove the virtual environment and the example library
	@rm -rf .venv example.library build *.egg-info

.venv/ready: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or make PYTHON=/path/to/python"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing (once; a few minutes)"
	@$(BIN)/pip install -qq --constraint constraints.txt --editable .
	@echo "preparing the embedding model (once; half a minute)"
	@$(BIN)/python -c "from index.export import exported_model; exported_model()"
	@touch $@

.venv/ready-dev: .venv/ready
	@$(BIN)/pip install -qq --constraint constraints.txt --editable '.[dev]'
	@touch $@

# The browser tests drive the system's Chromium.
.venv/browser: | .venv/ready-dev
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
		|| { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq \
		&& DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; } \
		|| { echo "the browser tests need Chromium: install the package 'chromium', then run make test again"; exit 2; }
	@touch $@

# The tests of a shared catalog start a PostgreSQL of their own; without one they are skipped.
.venv/database: | .venv/ready-dev
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null \
		|| { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq \
		&& DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null; } \
		|| echo "without PostgreSQL the tests of a shared catalog are skipped: install the package 'postgresql'"
	@touch $@
