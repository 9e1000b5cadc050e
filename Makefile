# make run   opens the dashboard        make test   runs every check
# Both create .venv and install what they need first.
# A test process that dies in native code is named at the end, and pytest's exit status is 70.

PYTHON ?= python3
BIN := .venv/bin
INSTALL := -m pip install --disable-pip-version-check --no-compile --quiet
PIP := $(BIN)/python $(INSTALL) --constraint requirements.lock
# In the order of the folders: long tests in a browser early, so that no process waits for the other at the end.
PROCESSES := --numprocesses 2 --dist loadfile --no-loadscope-reorder
PYTEST := $(BIN)/pytest $(PROCESSES)

# Compiled modules are kept even where the environment says not to: each of the many processes that tests start
# would compile PyTorch and Streamlit again, for three quarters of its time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup run check test audit soak test-isa test-matrix test-networks bench browser format messages

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
	$(BIN)/python -m kdviz serve

check: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: .venv/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: check browser
	$(PYTEST)

# oneDNN chooses its kernels by the processor: the tests as on an old one, on a usual one and on this one.
# Not those in a browser: a page computes nothing that the other tests do not.
test-isa: .venv/installed-dev
	ONEDNN_MAX_CPU_ISA=SSE41 $(PYTEST) -m "not browser"
	ONEDNN_MAX_CPU_ISA=AVX2 $(PYTEST) -m "not browser"
	env -u ONEDNN_MAX_CPU_ISA $(PYTEST) -m "not browser"

# With the oldest versions that requirements.txt admits, on Python 3.11, and with the newest there are, on Python 3.13.
# Not those in a browser, nor the linters.
test-matrix:
	@test -x .venv-oldest/bin/python || python3.11 -m venv .venv-oldest
	@test -x .venv-newest/bin/python || python3.13 -m venv .venv-newest
	@sed -E -n 's/^([a-z]+)>=([0-9.]+).*/\1==\2.*/p' requirements.txt > .venv-oldest/oldest.txt
	.venv-oldest/bin/python $(INSTALL) --constraint .venv-oldest/oldest.txt --requirement requirements-dev.txt
	.venv-newest/bin/python $(INSTALL) --upgrade --requirement requirements-dev.txt
	.venv-oldest/bin/pytest $(PROCESSES) -m "not browser"
	.venv-newest/bin/pytest $(PROCESSES) -m "not browser"

# What `make test` does a little of, at length: 200 kills, 10,000 cases of wrong input, a disk full at 20 levels,
# 50 visitors for five minutes.
soak: .venv/installed-dev
	KDVIZ_KILLS=200 KDVIZ_FUZZ_CASES=10000 KDVIZ_DISK_LEVELS=20 $(PYTEST) tests/test_kills.py tests/test_fuzz.py tests/test_disk_full.py
	$(BIN)/python -m benchmarks.sessions 50 300

# Known vulnerabilities of the locked versions. Asks PyPI, so it needs the internet; one that cannot be asked about fails.
audit:
	@test -x .venv-audit/bin/python || $(PYTHON) -m venv .venv-audit
	.venv-audit/bin/python $(INSTALL) pip-audit
	.venv-audit/bin/pip-audit --strict --no-deps --disable-pip --requirement requirements.lock

# Every network of torchvision, where `make test` takes the small ones of some families.
test-networks: .venv/installed-dev
	KDVIZ_ALL_NETWORKS=1 $(PYTEST) tests/models/test_torchvision_families.py

# What has no translation yet is named, and left empty in kdviz/locale/zh.po.
messages: .venv/installed-dev
	$(BIN)/python scripts/messages.py

bench: .venv/installed-dev
	$(BIN)/python -m benchmarks

browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || sh scripts/install_browser.sh
