# make graph: build the knowledge graph. make test: check the code and run every test. make bench [SIZE=10M]: bench/RESULTS.md.
# All make .venv and install what they need; nothing but Python 3.11+ and make has to be there before.
PYTHON ?= python3
PIP = .venv/bin/python -m pip --disable-pip-version-check -q

.PHONY: graph test bench check vocab lock clean

graph: .venv/.installed
	.venv/bin/python build_graph.py $(ARGS)

test: .venv/.installed-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/python -m pytest

bench: .venv/.installed-bench
	.venv/bin/python bench/run.py --size $(or $(SIZE),1M) $(ARGS)

check: .venv/.installed
	.venv/bin/withwhom check $(ARGS)

vocab: .venv/.installed
	.venv/bin/python -m withwhom.vocabulary
	.venv/bin/python -m withwhom.handbook

# In CI the exact versions of the lock are installed, by hash; elsewhere what pyproject.toml allows.
.venv/.installed: pyproject.toml requirements.lock
	$(PYTHON) -m venv .venv
	$(if $(CI),$(PIP) install --require-hashes -r requirements.lock)
	$(if $(CI),$(PIP) install --no-deps --no-build-isolation -e .,$(PIP) install -e .)
	touch $@

.venv/.installed-dev: .venv/.installed
	$(if $(CI),,$(PIP) install -e ".[dev]")
	touch $@

.venv/.installed-bench: .venv/.installed-dev
	$(PIP) install -e ".[dev,analytics]"
	touch $@

lock:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip -q install uv
	.venv-lock/bin/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements.lock

clean:
	rm -rf .venv .venv-lock build dist bench/work
