# The commands for this checkout; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help run cluster setup page sidecar test nightly check bench faults year lock
SHELL := /bin/sh
PYTHON := .venv/bin/python
# Tools that the machine lacks or has too old.
export PATH := $(CURDIR)/.tools/bin:$(PATH)

help: ## List the commands
	@grep -E '^[a-z]+:.*##' Makefile | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

run: .venv/.ready ## Start Duely on this machine; the first time it builds what it needs
	@$(PYTHON) -m host.runner.page_build
	@exec .venv/bin/duely up

cluster: .venv/.ready ## Start Duely on this machine as a cluster: Kafka, and separate processes for web, actors and consumers
	@$(PYTHON) -m host.runner.page_build
	@DUELY_BROKER=$${DUELY_BROKER:-kafka} exec .venv/bin/duely cluster $(ARGS)

setup: .venv/.ready page sidecar ## Install and build everything without starting it

page: .venv/.ready ## Build the page if its sources are newer
	@$(PYTHON) -m host.runner.page_build

sidecar: .venv/.ready ## Find the Dapr sidecar, or build it once
	@$(PYTHON) -m host.runner.sidecar_build

test: .venv/.ready ## Run every level of tests that this machine can run (LEVELS="unit api" for some)
	@$(PYTHON) -m tests.levels $(LEVELS)

nightly: .venv/.ready ## Run what takes too long for CI: a year of 400 series, each property with 10,000 cases
	@$(PYTHON) -m tests.levels --nightly

check: .venv/.ready ## Lint, type-check and check the import rules
	@$(PYTHON) -m tests.levels check

bench: .venv/.ready ## Measure this machine against named peers; writes load/RESULTS.md
	@$(PYTHON) -m load.bench

faults: .venv/.ready ## Inject faults into a system under load and check its promises (SEED=1 MINUTES=30 SYSTEM=cluster)
	@$(PYTHON) -m tests.faults --seed $(or $(SEED),0) --minutes $(or $(MINUTES),30) --system $(or $(SYSTEM),machine)

year: .venv/.ready ## Simulate a year of many series in minutes and compare it with an oracle (SERIES=400 SEED=1)
	@$(PYTHON) -m tests.year --series $(or $(SERIES),400) --seed $(or $(SEED),1)

lock: .venv/.ready ## Write the lock files from pyproject.toml and tools.in
	@sh setup.sh lock

.venv/.ready: requirements.lock tools.lock setup.sh pyproject.toml
	@sh setup.sh
