# Thin aliases. Each creates what it needs on a fresh clone; each failure prints the command that mends it.
PYTHON ?= python3
VENV := .venv
PORTAL := $(VENV)/bin/portal
STAMP := .state/installed

.PHONY: help run test check bench clean-demo
help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(STAMP) ## install what is needed, make the demo world, serve the portal
	@$(PORTAL) dev

test: $(STAMP) ## everything CI runs: checks, tests on SQLite and PostgreSQL, browser journeys
	@$(VENV)/bin/python tests/run.py

check: $(STAMP) ## style, types, import order, definitions
	@$(PORTAL) check

bench: $(STAMP) ## measurements against peers and limits
	@$(VENV)/bin/python benchmarks/run.py

clean-demo: $(STAMP) ## delete the database and make the demo world again
	@$(PORTAL) demo --reset

$(STAMP): setup.py constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "The portal needs Python 3.11 or newer: make run PYTHON=python3.11")'
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV) || { echo "Python's venv is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@echo "installing Python packages ..."
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@mkdir -p .state && touch $(STAMP)
