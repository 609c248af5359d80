# Two commands: `make demo` and `make test`. Either sets up .venv first.
PYTHON ?= python3.11
BIN := .venv/bin

.PHONY: demo test devices agreement fuzz bench check docs clean

demo: .venv/ready ## the seed's examples, and one function at every stage
	@$(BIN)/python examples/demo.py

test: .venv/ready ## run every test, lit tests too
	$(BIN)/pytest -q -n 2 --dist worksteal

# What the CPU is tested with, compiled for other machines and run on simulated ones. For Ascend
# each kernel takes the vendor's compiler a third of a second, so that some are left to `agreement`.
SOME := tests/test_seed.py tests/api/test_nn.py tests/mindspore_style/test_programs.py \
	tests/backends/test_agreement_of_shapes.py tests/backends/test_control_flow.py \
	tests/backends/test_raises.py
ALL := $(SOME) tests/mindspore_style tests/backends/test_agreement.py \
	tests/backends/test_products.py tests/backends/test_reductions.py
ON_GPU := FOLDAWAY_DEVICE_TARGET=GPU FOLDAWAY_GPU=sim $(BIN)/pytest -q -n 2 --dist worksteal
ON_ASCEND := FOLDAWAY_DEVICE_TARGET=Ascend FOLDAWAY_ASCEND=sim $(BIN)/pytest -q -n 2 --dist worksteal
VENDORS := tests/backends/ascend tests/backends/gpu/test_kernel_families.py \
	$(addprefix tests/backends/gpu/test_, product_assembly.py scalar_assembly.py)
devices: .venv/extras ## what needs vendors' tools, and whole programs on simulated machines
	$(BIN)/pytest -q -n 2 --dist worksteal $(VENDORS)
	$(ON_GPU) $(ALL)
	$(ON_ASCEND) $(SOME) -k 'not the_same_again'

agreement: .venv/extras ## all on the simulated Ascend, and the GPU's kernels assembled: 12 minutes
	$(ON_ASCEND) $(ALL)
	FOLDAWAY_DEVICE_TARGET=GPU FOLDAWAY_GPU=sim $(BIN)/python -m pytest -q -n 2 --dist worksteal \
		-p tests.backends.gpu.assembling $(ALL)

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

# NVIDIA's assembler and the vendor's compiler for Ascend; tests that need them skip without.
.venv/extras: .venv/ready
	$(BIN)/pip install --quiet --editable '.[ascend,cuda-test]'
	touch $@

# The peers are large, so they stay out of the tests' environment. MindSpore can be put in by hand.
.venv-bench/ready: pyproject.toml
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet --editable '.[bench]'
	touch $@

clean:
	rm -rf .venv .venv-bench build dist *.egg-info
