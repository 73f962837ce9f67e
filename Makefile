# Two commands matter: `make run` and `make test`. Everything else is for those who change the code.
PORT ?= 8000
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(if $(shell sh -c 'command -v $(name)'),$(name))))
BIN := .venv/bin
TEMPLATES := $(shell find templates -name '*.html' 2>/dev/null)
CHECKS := check-format check-lint check-types check-imports check-templates check-migrations check-deploy check-lock
export PYTHONUNBUFFERED := 1
.DEFAULT_GOAL := help
.PHONY: help run test check fix bench setup setup-test $(CHECKS)

help: ## This list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

run: setup ## Set up everything and serve on 127.0.0.1:8000 (PORT=… for another port)
	@exec env GOVPORTAL_ENV=local $(BIN)/python manage.py portal --port $(PORT)

test: setup-test ## The whole suite: on SQLite, on PostgreSQL, and in a browser
	@$(BIN)/python tests/all.py

check: setup-test ## Format, lint, types, imports, templates, migrations, deployment settings
	@$(MAKE) --no-print-directory --keep-going $(CHECKS)
	@echo "All checks passed."

fix: setup-test ## Format code and templates
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .
	@$(BIN)/djhtml --tabwidth 2 $(TEMPLATES)
	@$(BIN)/djade --target-version 5.2 $(TEMPLATES)

bench: setup-test ## Benchmarks: ratios against their peers
	@for file in tests/bench/bench_*.py; do [ -e "$$file" ] || continue; GOVPORTAL_ENV=test PYTHONPATH=. $(BIN)/python "$$file" || exit 1; done

setup:
	@$(PYTHON) govportal/bootstrap.py run

setup-test:
	@$(PYTHON) govportal/bootstrap.py test

check-format:
	@$(BIN)/ruff format --check --quiet . || { echo "Some files are not formatted: make fix"; exit 1; }

check-lint:
	@$(BIN)/ruff check --quiet .

check-types:
	@GOVPORTAL_ENV=test $(BIN)/mypy --no-error-summary

check-imports:
	@$(BIN)/lint-imports --no-logo

check-templates:
	@$(BIN)/djhtml --tabwidth 2 --check $(TEMPLATES)
	@$(BIN)/djade --target-version 5.2 --check $(TEMPLATES)

check-migrations:
	@GOVPORTAL_ENV=test DATABASE_URL=sqlite://:memory: $(BIN)/python manage.py makemigrations --check --dry-run

check-deploy:
	@GOVPORTAL_ENV=production ALLOWED_HOSTS=portal.example DATABASE_URL=sqlite://:memory: \
		SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

check-lock:
	@$(BIN)/python -m pytest -q --no-header tests/house_rules/test_lock_file.py
