# Touchstone. `make help` lists what there is.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
# How many files of tests run at once; each process has a PostgreSQL of its own.
JOBS ?= 2
# Every part is a process of its own: compiled once, each starts 0.3 s sooner, whatever the shell thinks of bytecode.
export PYTHONDONTWRITEBYTECODE :=

help:  ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/demo.done  ## Start everything with sample people and evidence, and print the address
	@$(BIN)/python -m embedded demo --port $(PORT)

dev: .venv/dev.done  ## Start everything for work on the code: reloads, sample data
	@$(BIN)/python -m embedded dev --port $(PORT)

test: .venv/dev.done  ## The whole suite that needs no service
	@$(BIN)/pytest -q -n $(JOBS) --dist loadfile --no-loadscope-reorder -m "not browser and not services"

test-browser: .venv/dev.done  ## The browser suite (needs Chromium)
	@$(BIN)/pytest -q -m browser

test-services: .venv/dev.done  ## The same story on separately installed services (see .ci/run)
	@$(BIN)/pytest -q -m services

sure: .venv/dev.done  ## Everything CI checks before the services: format, lint, types, contracts, tests, drift, docs
	@.ci/gates
	@$(MAKE) --no-print-directory test

lock: .venv/dev.done  ## Compile requirements/*.txt from pyproject.toml
	@for part in runtime: demo:"--extra demo --extra pdf" dev:"--extra demo --extra pdf --extra dev"; do \
	  uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --no-annotate --no-header $${part#*:} -o requirements/$${part%%:*}.txt; done

words: .venv/dev.done  ## Bring translations/*.po in line with the sentences, and list what is untranslated
	@$(BIN)/python -m app.words update
	@$(BIN)/python -m app.words check

clean:  ## Remove the environment and the demo's data
	rm -rf .venv var

# One environment for everything; the .done files remember what is in it. uv when it is there, else pip.
.venv/demo.done: requirements/demo.txt
	@.ci/environment $(PYTHON) requirements/demo.txt
	@touch $@

.venv/dev.done: requirements/dev.txt
	@.ci/environment $(PYTHON) requirements/dev.txt
	@touch $@ .venv/demo.done

.PHONY: help demo dev test test-browser test-services sure lock words clean
