# Two commands do everything: `make demo` and `make test`. Each makes its own virtual environment.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test lint types tests install clean bench wheel

$(STAMP): pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[pdf]' || echo "no PDF here: see fourfold doctor"
	@touch $(STAMP)

install: $(STAMP)

demo: $(STAMP)
	@$(BIN)/python tests/demo.py

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy
	$(BIN)/pyright

tests: $(STAMP)
	$(BIN)/python -m pytest

test: lint types tests

bench: $(STAMP)
	$(BIN)/python tests/bench/run.py

wheel: $(STAMP)
	$(BIN)/python -m build

clean:
	rm -rf $(VENV) dist build demo .mypy_cache .ruff_cache
