# Two commands matter: `make run` and `make test`.
VENV := .venv
PY := $(VENV)/bin/python
PORT ?= 5000
# What the browser tests say of screens and scripts does not hang on the database; these stories do.
STORIES := tests/e2e/test_real_report.py tests/e2e/test_without_script.py tests/e2e/test_killed.py
export FLASK_APP := wsgi.py

.PHONY: run serve demo-reset test test-postgresql check format bench browser clean

run: $(VENV)/.runtime  ## Set up, load the demo on SQLite, serve at http://127.0.0.1:5000
	@SEBEN_DEMO=1 $(PY) -m flask db upgrade
	@SEBEN_DEMO=1 $(PY) -m flask demo load --once
	@SEBEN_DEMO=1 $(PY) -m flask demo people
	@echo "Sɛbɛn : http://127.0.0.1:$(PORT)   (Ctrl+C pour arrêter)"
	@SEBEN_DEMO=1 $(PY) -m app.serving --port $(PORT)

demo-reset: $(VENV)/.runtime  ## Throw the demo away and load it again
	@SEBEN_DEMO=1 $(PY) -m flask demo reset --yes

test: $(VENV)/.development browser  ## Everything that a clean machine needs, then the whole suite on SQLite and on PostgreSQL
	$(PY) -m pytest -n 3 --dist loadfile
	$(PY) -m pytest -n 3 --dist loadfile --database=postgresql -m "not anywhere" tests/workflow tests/web tests/properties/test_workflow_walk.py $(STORIES)

check: $(VENV)/.development browser  ## What must be clean before a commit
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/djlint templates --lint --quiet
	$(PY) -m pytest -n 2 --dist loadfile

format: $(VENV)/.development
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

bench: $(VENV)/.development  ## The figures of docs/figures.md
	@for each in diff collisions pdf seal audit pages desk journal log_cost verifier consistency word sheets documents tampering receiving verifying foreign; do echo "== $$each"; $(PY) -m bench.$$each; done

browser:
	@sh .ci/browser

clean:
	rm -rf $(VENV) instance

$(VENV)/.runtime: requirements.txt
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed.")'
	@test -x $(PY) || python3 -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.development: requirements.txt requirements-dev.txt
	@test -x $(PY) || python3 -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
