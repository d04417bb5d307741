# Two commands matter: `make demo` and `make test`. Both make the virtual environment they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# As pip does for a package that is not edited: a command need not compile what it imports, even where Python may not
# write what it compiled.
COMPILE := $(BIN)/python -m compileall -q -j 0 provisioner

.PHONY: demo test lint bench soak clients generate docs web vscode clean

demo: $(VENV)/.installed
	@$(BIN)/provisioner up examples/quickstart -e local --yes
	@echo; echo "see it in the browser:  $(BIN)/provisioner workbench examples/quickstart -e local"

# `make test ROOM=kql` runs the tests of one room.
test: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest -n 2 $(if $(ROOM),tests/$(ROOM))

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
# A name that a system lacks is an error there. A cache for each, or one would replace the other's.
	@set -e; for system in linux darwin win32; do \
	    echo "$(BIN)/mypy --platform $$system"; $(BIN)/mypy --platform $$system --cache-dir .mypy_cache/$$system; done

# 500 seeded mixes of faults over an apply, every kind of fault at every request; `make test` runs 30 of them.
soak: $(VENV)/.installed-dev
	@PROVISIONER_SOAK=500 $(BIN)/python -m pytest tests/apply/test_soak.py -n 2 --timeout 3600
	@PROVISIONER_SOAK=100 $(BIN)/python -m pytest tests/send/test_soak.py -n 2 --timeout 3600

# Clients that nobody here wrote, against the emulator.
clients: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.clients

# Every generated page, schema and README block.
generate: $(VENV)/.installed-dev
	@$(BIN)/python -m tools.generate

# The documentation site into build/site; a broken link, an outside script or a page without a place is an error.
docs: $(VENV)/.installed-docs
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

# The page of the workbench into the package, from `web/`; it needs npm. The result is committed: users need no Node.
web: $(VENV)/.installed-dev
	@$(BIN)/python -m tools.web_bundle

# The extension for Visual Studio Code, tested and packed: editors/vscode/out/azure-logs-provisioner.vsix. Needs Node 20.
vscode: $(VENV)/.installed-dev
	@cd editors/vscode && npm install --no-audit --no-fund && npm run check && npm run build && npm test && npm run package

bench: $(VENV)/.installed-bench
	@$(BIN)/python -m tests.bench

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# With the language server: the page that `make demo` names completes and explains with it.
$(VENV)/.installed: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[lsp]'
	@$(COMPILE)
	@touch $@

$(VENV)/.installed-dev: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@$(COMPILE)
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-bench: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,bench]'
	@touch $@ $(VENV)/.installed $(VENV)/.installed-dev

$(VENV)/.installed-docs: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[docs]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist
