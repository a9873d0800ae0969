# One word for each thing that one does with this project; `make` alone lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
VENDOR := core/web/static/vendor
PYTEST_ARGS ?=
# Tools that read Django's settings without using them still need values for those without a default.
LINT_ENVIRONMENT := DATABASE_URL=postgresql://lint@localhost/lint DATABASE_OWNER_URL=postgresql://lint@localhost/lint \
	BROKER_URL=redis://localhost/0 SHIDANG_SECRET_KEY=only-for-reading-the-settings-while-linting \
	SHIDANG_MASTER_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
	SHIDANG_INDEX_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

.DEFAULT_GOAL := help
.PHONY: help env env-dev assets browser texts demo run services stop test soak office lint format bench bench-import shots messages lock clean
.DELETE_ON_ERROR:

help: ## list these words
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: env assets ## everything with an invented city: database, web, worker; prints the address and the logins
	@exec $(BIN)/python -m config.local demo

run: env assets ## everything, with your own data; creates the first administrator
	@exec $(BIN)/python -m config.local run

services: env ## only PostgreSQL and Valkey, in the background; prints where their settings are
	@$(BIN)/python -m config.local services

stop: env ## stop what runs
	@$(BIN)/python -m config.local stop

test: env-dev assets browser office texts lint ## lint, then every test
	$(BIN)/python -m pytest -n auto --dist worksteal $(PYTEST_ARGS)

soak: env-dev assets browser office texts ## the long tests: the same properties at full size
	$(BIN)/python -m pytest -n 0 -m soak $(PYTEST_ARGS)

shots: env-dev assets browser texts ## screenshots of every page into shots/: Chinese and English, desktop and phone
	$(BIN)/python -m pytest -n 0 -m shots $(PYTEST_ARGS)

bench: env-dev assets ## measure; JSON lines into bench/results/
	$(BIN)/python -m bench

bench-import: env-dev ## measure the import of 10,000 teachers against a plain import
	$(BIN)/python -m bench.imports

lint: env-dev ## style, types, layers, templates, texts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/lint-imports --no-logo
	$(LINT_ENVIRONMENT) $(BIN)/mypy
	$(BIN)/djlint --lint --quiet core personnel training qualifications titles payroll
	$(BIN)/python -m config.messages --check

format: env-dev ## put the code into the form that lint asks for
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format --quiet .

messages: env-dev ## collect the texts to translate, and compile the catalogues
	$(BIN)/python -m config.messages

env: $(VENV)/.run ## the Python environment, from the hash-locked requirements

env-dev: $(VENV)/.dev

$(UV): requirements-uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is `$(PYTHON) --version`. Set PYTHON=…"; exit 1; }
	$(PYTHON) -m venv $(VENV) || { echo "On Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

$(VENV)/.run: requirements.lock $(UV)
	$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

assets: $(VENDOR)/.built ## the front-end packages, copied where the pages find them

# Node of the system when it is new enough, else the one that comes as a Python package.
$(VENDOR)/.built: package.json package-lock.json $(wildcard core/web/assets/*) | env
	@if ! (command -v npm && node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 18)') >/dev/null 2>&1; then \
		$(UV) venv --quiet --allow-existing $(VENV)/node && \
		$(UV) pip install --quiet --python $(VENV)/node/bin/python --require-hashes -r requirements-node.lock; \
		PATH="$(CURDIR)/$(VENV)/node/bin:$$PATH"; export PATH; \
	fi; \
	set -e; npm ci --no-audit --no-fund --loglevel=error; npm run --silent build
	@mkdir -p $(VENDOR) && touch $@

texts: env
	@$(BIN)/python -m config.messages compile

# No package of Python or Node has it; where it cannot be fetched, the few tests that open workbooks with it are left out and named.
office:
	@{ command -v soffice && ls "$$(dirname "$$(readlink -f "$$(command -v soffice)")")"/libswlo.so; } >/dev/null 2>&1 || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libreoffice-calc-nogui libreoffice-writer-nogui >/dev/null; } || \
		echo "LibreOffice is missing: the tests that open workbooks and papers with it are left out. On Debian: apt-get install libreoffice-calc-nogui libreoffice-writer-nogui"

browser: env-dev
	@$(BIN)/python -m config.local.browser >/dev/null

lock: env ## renew the locked requirements from pyproject.toml, keeping what still fits
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes -q --no-header pyproject.toml -o requirements.lock
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes -q --no-header pyproject.toml --extra dev \
		-c requirements.lock -o requirements-dev.lock
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes -q --no-header --group pyproject.toml:uv -o requirements-uv.lock
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes -q --no-header --group pyproject.toml:node -o requirements-node.lock

clean: ## remove what can be made again; data in var/ stays
	rm -rf $(VENV) node_modules $(VENDOR) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis shots
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
