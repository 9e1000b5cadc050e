# make run   opens the dashboard        make test   runs every check
# Both create .venv and install what they need first.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet --constraint requirements.lock

.PHONY: setup run check test bench browser format messages

setup: .venv/installed

.venv/installed: requirements.txt requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing kdviz into .venv (once; takes a few minutes) ..."
	@$(PIP) --requirement requirements.txt
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	@$(PIP) --requirement requirements-dev.txt
	@touch $@

run: setup
	$(BIN)/streamlit run app.py

check: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: .venv/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: check browser
	$(BIN)/pytest --numprocesses 2 --dist loadfile

# What has no translation yet is named, and left empty in kdviz/locale/zh.po.
messages: .venv/installed-dev
	$(BIN)/python scripts/messages.py

bench: .venv/installed-dev
	$(BIN)/python -m benchmarks

browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || sh scripts/install_browser.sh
