# Parley. `make run` starts everything; `make test` checks everything. Both set themselves up.

PYTHON := .venv/bin/python
PREPARE := @setup/with-python -m setup.prepare

.DEFAULT_GOAL := help
.PHONY: help setup run demo-reset test check bench faults docs format lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install what is needed to run, and nothing else
	$(PREPARE)

run: ## set up and start the demo on PORT (8000): database, web, worker, event stream, simulators
	$(PREPARE)
	@exec $(PYTHON) -m parley.engine.run

demo-reset: ## forget the demo's data; the next `make run` starts over
	$(PREPARE)
	@exec $(PYTHON) -m parley.engine.run --reset

test: ## set up, check and run every test
	$(PREPARE) --tests
	@exec $(PYTHON) -m setup.checks --with-tests

check: ## everything of `make test` but the tests: format, lint, types, imports, migrations, templates
	$(PREPARE) --tests
	@exec $(PYTHON) -m setup.checks

bench: ## run the benchmarks, print the table, write benchmarks/results.json
	$(PREPARE) --tests
	@exec $(PYTHON) -m benchmarks

faults: ## kill and cut off things while messages run; one line per fault
	$(PREPARE) --tests
	@exec $(PYTHON) -m tests.faults

docs: ## write the generated pages of docs/
	$(PREPARE)
	@exec $(PYTHON) -m parley.engine.environment > docs/settings.md

format: ## format and fix what can be fixed
	$(PREPARE) --tests
	@$(PYTHON) -m ruff format . && $(PYTHON) -m ruff check --fix .

lock: ## write the lock files anew from pyproject.toml and package.json (needs uv and npm)
	@sh setup/lock

clean: ## remove everything that was installed or made, the demo's data too
	@if [ -x $(PYTHON) ]; then $(PYTHON) -m parley.engine.run --reset; fi
	@rm -rf .venv node_modules parley/web/static/vendor var
