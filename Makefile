# Two commands: `make demo` and `make test`. Either sets up .venv first.
PYTHON ?= python3.11
BIN := .venv/bin

.PHONY: demo test fuzz bench check docs clean

demo: .venv/ready ## the seed's examples, and one function at every stage
	@$(BIN)/python examples/demo.py

test: .venv/ready ## run every test, lit tests too
	$(BIN)/pytest -q -n 2 --dist worksteal

FUZZ ?= --count 20000 --seed 1000000
fuzz: .venv/ready ## random programs, compiled and plain; FUZZ="--count 100 --mode lax" for others
	$(BIN)/python -m tests.fuzz $(FUZZ)
	$(BIN)/python -m tests.fuzz --kernels --count 2000
	$(BIN)/python -m tests.cpython
	$(BIN)/pytest -q -n 2 -m hypothesis --hypothesis-profile=random

bench: .venv-bench/ready ## every case beside its peers; BENCH="--quick --cases matmul" for less
	@.venv-bench/bin/python -m benchmarks $(BENCH)

check: .venv/ready ## format, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright

docs: .venv/ready ## build the documentation site into build/site
	$(BIN)/mkdocs build --strict

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable '.[dev]'
	$(BIN)/python -m compileall -q api backends dialects folding frontend passes runtime
	touch $@

# The peers are large, so they stay out of the tests' environment. MindSpore can be put in by hand.
.venv-bench/ready: pyproject.toml
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet --editable '.[bench]'
	touch $@

clean:
	rm -rf .venv .venv-bench build dist *.egg-info
