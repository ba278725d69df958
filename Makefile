# make install demo test test-all quick lint bench docs
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export DO_NOT_TRACK := 1

.PHONY: install demo test test-all quick lint bench docs

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { \
	  echo "This Python has no venv module. To mend it: apt-get install python3-venv"; exit 1; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

lint: install
	$(BIN)/ruff check src tests
	$(BIN)/ruff format --check src tests
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/coverage run -m pytest -m 'not slow'
	$(BIN)/coverage report

test-all: lint
	$(BIN)/pytest

quick: install
	$(BIN)/pytest -q -x -m 'not slow'

demo: install
	@rm -rf build/alder-falls && mkdir -p build
	@$(BIN)/vf demo build/alder-falls

bench: install
	@command -v restic >/dev/null && command -v borg >/dev/null || { apt-get update -qq && apt-get install -y -qq restic borgbackup; }
	@$(BIN)/pip install --quiet --disable-pip-version-check csv-diff daff datacompy
	$(BIN)/python -m benchmarks

docs: install
	$(BIN)/python docs/write_reference.py
