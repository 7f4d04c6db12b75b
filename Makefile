# Everything a contributor or a CI runs. `make` alone says what there is.

BIN := .venv/bin
CA_FILE := $(wildcard /etc/ssl/certs/ca-certificates.crt)
PYTHON_DIRS := $(strip $(foreach d,localbuild tests scripts benchmarks,$(if $(wildcard $(d)/*.py $(d)/*/*.py),$(d))))
PODMAN_TESTS := $(addprefix tests/contracts/test_,engines.py docker_layers.py loopback.py) \
	$(addprefix tests/conformance/test_,phases.py ends.py shell_state.py isolation.py images.py privileged.py \
	cache_files.py cache_keys.py cache_layers.py cache_local.py)
# e.g. make test PYTEST_ARGS="-x -k cache"
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test check faults podman fuzz bench env engine images browser clean clean-images

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: env engine ## run a sample build twice, cold and warm, and say what the cache saved
	@scripts/images.sh standard
	@scripts/demo.sh $(CA_FILE:%=--ca-file %)

test: check engine images browser ## the checks, then the whole suite; LOCALBUILD_REQUIRE=docker,s3,browser turns skips into failures
	@scripts/suite.sh $(PYTEST_ARGS)

check: env ## lint, format, types, layers, house rules, generated files: no engine needed
	$(BIN)/ruff check $(PYTHON_DIRS)
	$(BIN)/ruff format --check $(PYTHON_DIRS)
	$(BIN)/mypy $(PYTHON_DIRS)
	$(BIN)/lint-imports
	$(BIN)/pytest tests/architecture
	$(BIN)/python scripts/generate.py --check
	$(BIN)/python scripts/conformance.py --check

faults: env engine images ## fault injection: kills, failing calls, full disks, damage, sick servers (about half an hour)
	$(BIN)/pytest -m faults $(PYTEST_ARGS)

podman: env ## the engine's contract, and builds that lean on it, on podman's socket: docs/engines.md (about 10 minutes)
	@scripts/podman.sh
	@DOCKER_HOST=$$(scripts/podman.sh host) scripts/images.sh small busybox standard runtimes docker
	DOCKER_HOST=$$(scripts/podman.sh host) LOCALBUILD_REQUIRE=docker \
		$(BIN)/pytest -m "docker and not lone_layers" $(PODMAN_TESTS) $(PYTEST_ARGS)

fuzz: env engine images ## long random runs
	$(BIN)/pytest -m fuzz $(PYTEST_ARGS)

bench: env engine images ## measure what is claimed about speed; ONLY="cache-local …" for some of it
	@scripts/bench_tools.sh
	$(BIN)/python -m benchmarks $(ONLY)

env: ## make .venv from requirements.lock
	@scripts/env.sh

engine: ## make sure that a Docker engine answers
	@scripts/engine.sh

images: engine ## make the images of the suite
	@scripts/images.sh

browser: ## make sure that a browser is there in which pages are looked at, where one can be had
	@scripts/browser.sh || [ $$? -eq 3 ]

clean: ## remove .venv, caches and what builds left behind
	rm -rf .venv dist htmlcov .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf .localbuild samples/*/.localbuild
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

clean-images: ## remove the images of the suite and what was built on them
	@scripts/images.sh clean
