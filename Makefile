# Every command works with uv where it can be installed, and with plain pip where it cannot.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKSPACE ?= workspace
PORT ?= 8501
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev

.PHONY: help setup run test lint check fix demo eval bench vectors relevance lock clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	-$(BIN)/python -m pip install -q uv

$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	@if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install -q -r requirements.lock; \
	else $(BIN)/python -m pip install -q -r requirements.lock; fi
	@if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install -q --no-deps -e .; \
	else $(BIN)/python -m pip install -q --no-deps -e .; fi
	@touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	@if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install -q -r requirements-dev.lock; \
	else $(BIN)/python -m pip install -q -r requirements-dev.lock; fi
	@touch $@

setup: $(RUNTIME) ## Install the product into .venv

run: $(RUNTIME) ## Install, index the notes, load the sample bakery, open the app
	$(BIN)/marketing-copilot demo --workspace $(WORKSPACE)
	$(BIN)/marketing-copilot app --workspace $(WORKSPACE) --port $(PORT)

demo: $(RUNTIME) ## Show every feature once in the terminal, on the sample bakery
	$(BIN)/marketing-copilot demo --workspace $(WORKSPACE)

test: $(DEV) ## Install what tests need and run them all
	$(BIN)/python -m pytest -p no:cacheprovider

lint: $(DEV) ## Format, lint, types, import contracts, spelling
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/codespell knowledge/concepts prompts docs README.md CONTRIBUTING.md CHANGELOG.md

check: lint ## The same and the quick tests
	$(BIN)/python -m pytest -q -m "not browser and not llm and not wheel and not floors and not spark"

fix: $(DEV) ## Format and apply safe fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

eval: $(DEV) ## Retrieval, coverage and refusal figures on the labelled questions
	$(BIN)/marketing-copilot eval

bench: $(DEV) ## Ratios against named peers in the same run
	$(BIN)/python benchmarks/personalise.py

vectors: $(RUNTIME) ## Precompute the shipped notes' vectors
	$(BIN)/python knowledge/build_vectors.py

relevance: $(RUNTIME) ## Fit again when a question counts as covered
	$(BIN)/python knowledge/fit_relevance.py

lock: | $(BIN)/python ## Resolve again and write both lock files, naming no host
	$(BIN)/uv lock -q --upgrade
	$(BIN)/uv export -q --all-extras --no-extra spark --no-dev --no-emit-project -o requirements.lock
	$(BIN)/uv export -q --only-dev --no-emit-project -o requirements-dev.lock

clean: ## Remove the environment and the workspace
	rm -rf $(VENV) $(WORKSPACE)
