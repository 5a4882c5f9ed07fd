# What can be done with this checkout; `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help run cluster setup page sidecar test check bench faults year lock
SHELL := /bin/sh
PYTHON := .venv/bin/python
# Tools that the machine has not, or too old.
export PATH := $(CURDIR)/.tools/bin:$(PATH)

help: ## List what can be done
	@grep -E '^[a-z]+:.*##' Makefile | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

run: .venv/.ready ## Start Duely on this machine; the first time it builds what it needs
	@$(PYTHON) -m host.runner.page_build
	@exec .venv/bin/duely up

cluster: .venv/.ready ## Start Duely on this machine as a cluster: Kafka, and web, actors and consumers as processes of their own
	@$(PYTHON) -m host.runner.page_build
	@DUELY_BROKER=$${DUELY_BROKER:-kafka} exec .venv/bin/duely cluster $(ARGS)

setup: .venv/.ready page sidecar ## Install and build everything without starting it

page: .venv/.ready ## Build the page where its sources are newer
	@$(PYTHON) -m host.runner.page_build

sidecar: .venv/.ready ## Find the Dapr sidecar or build it once
	@$(PYTHON) -m host.runner.sidecar_build

test: .venv/.ready ## Run every level of tests that can run here (LEVELS="unit api" for some)
	@$(PYTHON) -m tests.levels $(LEVELS)

check: .venv/.ready ## Lint, type-check and check the import rules
	@$(PYTHON) -m tests.levels check

bench: .venv/.ready ## Measure this machine against named peers; writes load/RESULTS.md
	@$(PYTHON) -m load.bench

faults: .venv/.ready ## Bring faults on a system under load and hold it against its promises (SEED=1 MINUTES=30 SYSTEM=cluster)
	@$(PYTHON) -m tests.faults --seed $(or $(SEED),0) --minutes $(or $(MINUTES),30) --system $(or $(SYSTEM),machine)

year: .venv/.ready ## Live a year of many series in minutes and hold it against an oracle (SERIES=400 SEED=1)
	@$(PYTHON) -m tests.year --series $(or $(SERIES),400) --seed $(or $(SEED),1)

lock: .venv/.ready ## Write the lock files anew from pyproject.toml and tools.in
	@sh setup.sh lock

.venv/.ready: requirements.lock tools.lock setup.sh pyproject.toml
	@sh setup.sh
