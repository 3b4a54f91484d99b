# make demo: check, compile, verify, train and compare on real digits.  make test: everything that CI runs.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
THREADS := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1

.PHONY: demo test bench results docs clean

$(VENV)/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --upgrade pip
	$(RUN)/python -m pip install --quiet torch==2.13.0
	$(RUN)/python -m pip install --quiet --constraint constraints.txt --editable ".[all,develop,docs]"
	touch $@

demo: $(VENV)/ready
	PATH="$(CURDIR)/$(RUN):$$PATH" $(RUN)/python examples/demo.py

test: $(VENV)/ready
	$(RUN)/ruff check .
	$(RUN)/pyright --pythonpath $(RUN)/python
	$(RUN)/lint-imports
	$(THREADS) $(RUN)/python -m pytest -n 2 --dist loadscope
	$(RUN)/python -m mkdocs build --strict --quiet --site-dir build/site

bench: $(VENV)/ready
	$(RUN)/python -m bench

PEER ?= $(RUN)/python
results: $(VENV)/ready
	$(RUN)/python -m bench --peer $(PEER)

docs: $(VENV)/ready
	$(RUN)/python -m mkdocs build --strict --site-dir build/site

clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis
