# Rikan. `make` alone says what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
ARGS ?=
DEV := $(VENV)-dev
PEERS := $(VENV)-peers
ECHOES := $(VENV)-webhook-peers
BIN := $(DEV)/bin

.PHONY: help demo test lint bench pictures lock wheel clean system

help:  ## Say what there is
	@grep -E '^[a-z]+:.*  ## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*  ## (.*)/  make \1|\2/' | column -t -s '|'

demo: $(VENV)/ready  ## Five real issues become drafts and answers, with no account and no server
	@$(VENV)/bin/python -m bot.cli.main demo $(ARGS)

test: $(DEV)/ready system  ## Set up and run the tests: make test ARGS="-k name"
	@$(BIN)/python -m pytest -n auto $(ARGS)

lint: $(DEV)/ready  ## Style and types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

bench: $(DEV)/ready $(PEERS)/ready $(ECHOES)/ready  ## Measure; ratios within one run
	@export RIKAN_PEERS=$(PEERS) RIKAN_WEBHOOK_PEERS=$(ECHOES); for file in benchmarks/bench_*.py; do $(BIN)/python -m benchmarks.$$(basename $$file .py) $(ARGS) || exit 1; done

pictures: $(DEV)/ready system  ## Take the pictures of docs/images again
	@$(BIN)/python -m docs.images.take

wheel: $(DEV)/ready  ## Build dist/*.whl
	@rm -rf dist && $(BIN)/python -m build --wheel --no-isolation --outdir dist .

lock: $(DEV)/ready  ## Choose the newest versions anew
	@$(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --python-version 3.11 \
	  --no-emit-index-url --no-emit-find-links --no-header pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --python-version 3.11 \
	  --no-emit-index-url --no-emit-find-links --no-header --extra dev -c requirements.lock \
	  pyproject.toml -o requirements-dev.lock

clean:  ## Remove everything that was made here
	@rm -rf $(VENV) $(DEV) $(PEERS) $(ECHOES) build dist rikan-demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/ready: requirements.lock
	@$(call environment,$(VENV),requirements.lock)

$(DEV)/ready: requirements-dev.lock
	@$(call environment,$(DEV),requirements-dev.lock)

$(PEERS)/ready: benchmarks/peers.lock
	@$(call environment,$(PEERS),benchmarks/peers.lock)

$(ECHOES)/ready: benchmarks/webhook-peers.lock
	@$(call environment,$(ECHOES),benchmarks/webhook-peers.lock)

define environment
echo "Setting up $(1) …" && \
{ $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
  { echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.12 …" >&2; exit 1; }; } && \
{ $(PYTHON) -m venv --clear $(1) >/dev/null 2>&1 || \
  { echo "This Python has no venv; on Debian: apt-get install python3-venv" >&2; exit 1; }; } && \
$(1)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(2) && \
$(1)/bin/python -m compileall -q bot && \
touch $(1)/ready
endef

# What the tests need beside Python. PostgreSQL is a server: only CI installs it unasked.
SYSTEM ?= chromium
system:
	@.ci/system $(SYSTEM)
