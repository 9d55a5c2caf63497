# make run · make test · make check. The first call sets up .venv; later calls only do what has changed.

SHELL       := /bin/sh
.SHELLFLAGS := -ec
.DEFAULT_GOAL := help

PORT ?= 8080
PERSONS ?= 100000
export PYTHON

VENV    := .venv
BIN     := $(VENV)/bin
STAMPS  := $(VENV)/stamps
SERVICE := $(STAMPS)/service
ENGINE  := $(STAMPS)/engine
TESTS   := $(STAMPS)/tests
PIP     := $(BIN)/python -m pip install -qq --disable-pip-version-check
CODE    := cds $(wildcard integrations)

.PHONY: help setup run test lint types check golden agreement soak bench openapi docs lock clean

help:
	@echo "make run        set up, assess the bundled example and serve on http://127.0.0.1:$(PORT)"
	@echo "make test       set up and pass the tests"
	@echo "make lint       style; make types: strict types; make check: both, the rules, openapi.yaml and docs/"
	@echo "make golden     rewrite the expected results of the invented patients; read the difference before you keep it"
	@echo "make agreement  let both evaluators judge $(PERSONS) random persons (PERSONS=n)"
	@echo "make soak       run for minutes and watch memory, threads and answers; make bench: measure"
	@echo "make docs       write the rule book and the table of statements from the rules (docs/)"
	@echo "make openapi    write openapi.yaml; make lock: choose new versions of what we depend on"
	@echo "make clean      remove .venv and everything that was made"

# ---- set-up -----------------------------------------------------------------------------------------------------------

$(STAMPS)/venv:
	@python=$$(tools/find-python.sh); \
	echo "Setting up $(VENV) with $$python"; \
	"$$python" -m venv --clear $(VENV); \
	mkdir -p $(STAMPS); \
	touch $@

$(SERVICE): $(STAMPS)/venv requirements-build.lock requirements.lock pyproject.toml
	@$(PIP) --require-hashes -r requirements-build.lock -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# Left unmade when the engine cannot be built, so that the next call says so again and tries again.
$(ENGINE): $(SERVICE) requirements-engine.lock tools/install-engine.sh
	@if tools/install-engine.sh $(VENV); then touch $@; fi

$(TESTS): $(SERVICE) requirements-test.lock
	@$(PIP) --require-hashes -r requirements-test.lock
	@touch $@

setup: $(SERVICE) $(ENGINE)

# ---- use --------------------------------------------------------------------------------------------------------------

run: setup
	@$(BIN)/cds assess examples/released-from-prison.json
	@exec $(BIN)/cds serve --port $(PORT)

# ---- proof ------------------------------------------------------------------------------------------------------------

test: setup $(TESTS)
	@$(BIN)/python -m pytest -n 2

lint: $(TESTS)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(TESTS)
	@$(BIN)/mypy $(CODE)

check: lint types setup
	@$(BIN)/cds check
	@$(BIN)/cds book --check
	@$(BIN)/cds openapi | diff -u openapi.yaml - || { echo "openapi.yaml is stale: make openapi" >&2; exit 1; }

golden: setup $(TESTS)
	@CDS_REWRITE_GOLDEN=1 $(BIN)/python -m pytest -k golden

agreement: setup $(TESTS)
	@CDS_AGREEMENT_PERSONS=$(PERSONS) $(BIN)/python -m pytest tests/engine -k agreement

soak: setup $(TESTS)
	@$(BIN)/python -m pytest -m soak

bench: setup $(TESTS)
	@for file in assess outlook normalise ledger; do $(BIN)/python benchmarks/$$file.py; done
	@PYTHONPATH=. $(BIN)/python benchmarks/hl7v2.py

# ---- what is generated ------------------------------------------------------------------------------------------------

docs: setup
	@$(BIN)/cds book

openapi: setup
	@$(BIN)/cds openapi > openapi.yaml.new
	@mv openapi.yaml.new openapi.yaml

lock:
	@"$${PYTHON:-python3.11}" -m venv --clear build/lock; \
	build/lock/bin/python -m pip install -qq 'pip-tools>=7.6,<8'; \
	tools/lock.sh build/lock

clean:
	@rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis
	@find cds integrations tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
