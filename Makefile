# The commands. `make` alone lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEPLOY := $(VENV)/.deploy-installed
SETUP := $(VENV)/.installed $(if $(wildcard package.json),node_modules/.installed)

.DEFAULT_GOAL := help
.PHONY: help setup run test unit coverage matrix check format lock bench deploy destroy replay erase package stage clean

help:  ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(SETUP)  ## Install what the other commands need, in .venv and node_modules (they do it by themselves)

# A .venv is made anew if its Python is too old, or is not there any more. One without pip is only half made.
UNUSABLE := $(shell awk -F '[ .=]+' '/^version/ && ($$2 < 3 || $$2 == 3 && $$3 < 11)' $(VENV)/pyvenv.cfg 2>/dev/null; \
	test ! -L $(BIN)/python || test -e $(BIN)/python || echo gone)
AGAIN = make $(or $(MAKECMDGOALS),setup)$(if $(STAGE), STAGE=$(STAGE))$(if $(ENGINE), ENGINE=$(ENGINE))$(if $(ARGS), ARGS='$(ARGS)')
.PHONY: again

$(BIN)/pip: $(if $(UNUSABLE),again)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		found=$$($(PYTHON) --version 2>/dev/null) || found="not installed"; \
		echo "Python 3.11 or newer is needed, and $(PYTHON) is $$found." \
			"Name one that is installed, such as: $(AGAIN) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)

# A deployment needs only a part of what development needs: after `make setup`, nothing is left to install.
$(VENV)/.installed: requirements.txt requirements-deploy.txt requirements-dev.txt $(BIN)/pip
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $(DEPLOY) $@

$(DEPLOY): requirements.txt requirements-deploy.txt $(BIN)/pip
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-deploy.txt
	@touch $@

# The libraries that the benchmarks compare with. They are large, and only the benchmarks need them.
$(VENV)/.bench-installed: $(VENV)/.installed benchmarks/requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt && touch $@ \
		|| echo "awswrangler cannot be installed here: its rows are left out"

# checkov needs older versions of our packages, so it has its own environment, made with the same Python as .venv.
CHECKOV := $(VENV)/checkov
$(CHECKOV)/.installed: infra/requirements-checkov.txt | $(BIN)/pip
	@$(BIN)/python -m venv $(CHECKOV)
	@$(CHECKOV)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

$(CHECKOV)/.checked: $(CHECKOV)/.installed $(wildcard infra/*.yaml)
	@$(CHECKOV)/bin/checkov --framework cloudformation --compact --quiet --skip-download --file $(wildcard infra/*.yaml)
	@touch $@

node_modules/.installed: package.json package-lock.json
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && command -v npm >/dev/null || { \
		found=$$(node --version 2>/dev/null) || found="not installed"; \
		echo "Node 20 or newer is needed, with npm, and node is $$found." \
			"Get it from https://nodejs.org/en/download, and type again: $(AGAIN)"; exit 1; }
	npm ci --no-audit --no-fund
	@touch $@

run: $(SETUP)  ## Start the whole system here, feed it a sample year, and show an affiliate's figures
	@$(BIN)/python -m devstack $(ARGS)

# One process runs a whole file, because its tests share servers that are slow to start. tests/conftest.py has the order.
PARALLEL := -n auto --dist loadfile --no-loadscope-reorder
test: $(SETUP)  ## Run all tests, in parallel
	@$(BIN)/pytest $(PARALLEL) $(ARGS)

UNIT := tests/objects tests/rudderstack tests/figures tests/engines tests/test_architecture.py tests/test_config.py \
	tests/test_golden.py tests/test_ingest_story.py tests/test_sessions.py
unit: $(VENV)/.installed  ## Run the tests of app code that need only Python, not Node: half a minute
	@$(BIN)/pytest $(PARALLEL) $(UNIT) $(ARGS)

coverage: $(SETUP)  ## Run all tests and measure what they cover; fails under the floor in pyproject.toml
	@$(BIN)/pytest $(PARALLEL) --cov --cov-report=term $(ARGS)

matrix: $(SETUP)  ## Run the tests on Python 3.11, 3.12 and 3.13, and with the oldest supported botocore
	@$(BIN)/nox $(ARGS)

check: $(SETUP)  ## Check format, lint, types, imports, dead code, spelling and templates
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/vulture
	@$(BIN)/vulture app.py chalicelib devstack infra benchmarks tests
	@$(BIN)/codespell
	@$(BIN)/pytest tests/test_architecture.py
	@npm run --silent lint
	@$(MAKE) --no-print-directory $(CHECKOV)/.checked

format: $(SETUP)  ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# Each lock works for all supported Pythons and systems. The first one is for Lambda: the others use the same versions.
LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-emit-index-url \
	--annotation-style line --custom-compile-command "make lock"
lock: $(SETUP)  ## Update the pinned versions of Python and Node packages, within the ranges in *.in and package.json
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-deploy.in -o requirements-deploy.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt
	$(LOCK) infra/requirements-checkov.in -o infra/requirements-checkov.txt
	$(LOCK) benchmarks/requirements.in -o benchmarks/requirements.txt
	npm update --no-audit --no-fund

bench: $(SETUP) $(VENV)/.bench-installed  ## Measure, and write benchmarks/README.md's tables
	@$(BIN)/python -m benchmarks $(ARGS)

deploy: stage $(DEPLOY)  ## Deploy a stage to AWS: make deploy STAGE=dev, or STAGE=dev ENGINE=postgres
	@$(BIN)/python -m infra.deploy $(STAGE) $(if $(ENGINE),Engine=$(ENGINE)) $(ARGS)

destroy: stage $(DEPLOY)  ## Take a stage down, but for its data: make destroy STAGE=dev
	@$(BIN)/python -m infra.destroy $(STAGE) $(ARGS)

replay: stage $(DEPLOY)  ## Ingest stored objects again: make replay STAGE=dev ARGS="--prefix events/web/2026/"
	@$(BIN)/python -m infra.replay --stage $(STAGE) $(ARGS)

erase: stage $(DEPLOY)  ## Erase a visitor's data: make erase STAGE=dev ARGS="--visitor ID"
	@$(BIN)/python -m infra.erase --stage $(STAGE) $(ARGS)

package: $(DEPLOY)  ## Show what would ship to Lambda
	@$(BIN)/python -m infra.package $(ARGS)

stage:
	@test -n "$(STAGE)" || { echo "Say which stage, such as: make $(MAKECMDGOALS) STAGE=dev"; exit 2; }

clean:  ## Forget the local system's data and the tools' caches (.venv stays)
	rm -rf .devstack .devstack-postgres .deploy .nox .hypothesis .mypy_cache .pytest_cache .ruff_cache .chalice/deployments
	find . -name __pycache__ -not -path './$(VENV)/*' -not -path './node_modules/*' -prune -exec rm -rf {} +
