# Two commands matter: `make demo` and `make test`. Both make the virtual environment they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint bench soak clients clean

demo: $(VENV)/.installed
	@$(BIN)/provisioner up examples/quickstart -e local --yes

# `make test ROOM=kql` runs the tests of one room.
test: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest -n 2 $(if $(ROOM),tests/$(ROOM))

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# 500 seeded mixes of faults over an apply, every kind of fault at every request; `make test` runs 30 of them.
soak: $(VENV)/.installed-dev
	@PROVISIONER_SOAK=500 $(BIN)/python -m pytest tests/apply/test_soak.py -n 2 --timeout 3600

# Clients that nobody here wrote, against the emulator.
clients: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.clients

bench: $(VENV)/.installed-bench
	@$(BIN)/python -m tests.bench

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.installed-dev: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-bench: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,bench]'
	@touch $@ $(VENV)/.installed $(VENV)/.installed-dev

clean:
	rm -rf $(VENV) build dist
