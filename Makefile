# Everything one does with this project. `make help` lists it.
# Needs Python 3.11 or newer and make; the rest is installed into .venv and node_modules.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; exit; }; done; echo python3)
VENV := .venv/bin/python
# A process per core; PYTEST_ARGS=-n0 gives one process, to debug in.
PYTEST := $(VENV) -m pytest -n auto $(PYTEST_ARGS)
TEST_SETTINGS := DJANGO_SETTINGS_MODULE=klantenbeheer.config.settings.test

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test test-fast test-sqlite test-postgres check format bench lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  make %-14s %s\n' "$$name" "$$text"; done

setup: ## install what running needs (skipped when nothing changed)
	@$(PYTHON) tools/setup.py run

setup-dev: ## install what developing needs
	@$(PYTHON) tools/setup.py dev

run: setup ## start Klantenbeheer with demo data on http://localhost:8000 (PORT, KLANTENBEHEER_DATA, DATABASE_URL)
	@exec .venv/bin/klantenbeheer serve

test: ## all of it: checks, then every test on SQLite and on PostgreSQL, in a real browser
	@$(PYTHON) tools/system.py
	@$(MAKE) --no-print-directory check
	@$(MAKE) --no-print-directory test-sqlite
	@$(MAKE) --no-print-directory test-postgres

test-fast: setup-dev ## on SQLite, without browser
	env -u DATABASE_URL $(PYTEST) -m "not browser"

test-sqlite: setup-dev ## every test on SQLite
	env -u DATABASE_URL $(PYTEST)

test-postgres: setup-dev ## every test on a throw-away PostgreSQL
	$(VENV) -m tests.postgres -- $(PYTEST)

check: setup-dev ## lint, format, types, layers, templates, migrations
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) -m mypy --cache-dir=/dev/null # the cache keeps wrong types of managers that plugins make
	.venv/bin/lint-imports
	$(VENV) -m djhtml --tabwidth 2 --check src
	env -u DATABASE_URL $(TEST_SETTINGS) $(VENV) -m django makemigrations --check --dry-run

format: setup-dev ## put code and templates in their standard shape
	$(VENV) -m ruff check --fix .
	$(VENV) -m ruff format .
	$(VENV) -m djhtml --tabwidth 2 src

bench: setup-dev ## speed and memory against raw SQL; writes benchmarks/results.md
	$(VENV) -m benchmarks $(BENCH_ARGS)

# UPGRADE=1 takes newest versions; otherwise only what pyproject.toml asks for changes.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header $(if $(UPGRADE),--upgrade)
lock: ## make the lock files again (needs uv and npm)
	@command -v uv >/dev/null || { echo "Install uv first (pip install uv): it makes the locks." >&2; exit 1; }
	$(LOCK) pyproject.toml --output-file requirements/run.txt
	$(LOCK) pyproject.toml --extra dev --output-file requirements/dev.txt
	$(LOCK) requirements/build.in --output-file requirements/build.txt
	$(LOCK) requirements/node.in --output-file requirements/node.txt
	npm install --package-lock-only --ignore-scripts

clean: ## remove what was installed and made, not your data
	rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build
