# Everything goes through here; `make` alone lists it. tools/setup.py makes the environments.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test check format lock nlu-report conversations channel-pictures clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## start everything: database, Rasa, the application (Ctrl-C stops it all)
	@$(PYTHON) tools/setup.py
	@$(BIN)/adempauze run

test: ## run every test, also the slow ones (trained model, browser, running stack)
	@$(PYTHON) tools/setup.py
	$(BIN)/pytest

check: ## format, lint, types and the fast tests
	@$(PYTHON) tools/setup.py --app-only
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -m "not slow"

format: ## format the code and mend what the linter can mend
	@$(PYTHON) tools/setup.py --app-only
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: ## compile requirements/*.in to *.txt with hashes
	@$(PYTHON) tools/setup.py --lock

nlu-report: ## how well messages are understood: table, outcomes, confusion matrix (ten minutes)
	@$(PYTHON) tools/setup.py
	.venv-rasa/bin/python tools/nlu_report.py

conversations: ## write docs/conversations.md anew, from talks over the real path (five minutes)
	@$(PYTHON) tools/setup.py
	$(BIN)/pytest tests/journeys/test_talks.py --publish

channel-pictures: ## write the dialogue in docs/channels.md and its picture anew
	@$(PYTHON) tools/setup.py --app-only
	$(BIN)/pytest tests/channels/test_dialogue.py --publish

clean: ## remove environments, models and caches; keeps .env and the database
	rm -rf .tools .venv .venv-rasa .rasa *.egg-info
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .data/models .data/rasa-cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
