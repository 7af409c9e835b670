# Everything a newcomer needs. `make demo` and `make test` set up `.venv` themselves and skip what is done.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Plain `torch` is a CUDA build of several GB; this version has a CPU build, found through pip's own settings (PIP_FIND_LINKS, PIP_EXTRA_INDEX_URL).
TORCH ?= torch==2.13.0
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
export UV_EXTRA_INDEX_URL ?= $(PIP_EXTRA_INDEX_URL)

.PHONY: help setup demo test lab bench notebooks readme check clean hooks

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 16

setup: $(VENV)/.ready ## create .venv and install everything for development

$(VENV)/.ready: pyproject.toml
	@echo "» creating $(VENV) and installing shopvision for development (a few minutes the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python "$(TORCH)" -e ".[embedded,dev]"
	@$(MAKE) --no-print-directory hooks
	@touch $@

hooks:
	@if [ -d .git ]; then git config core.hooksPath .githooks; fi

demo: setup ## the main job on a dozen listings: terminal and demo/index.html
	@echo "» reading a dozen listings with the embedded model, on this CPU, without a network"
	@$(BIN)/shopvision demo

test: setup ## unit and integration tests, and the library notebooks
	@echo "» tests"
	@$(BIN)/python -m pytest -m "not slow and not gpu and not net"
	@echo "» library notebooks"
	@$(BIN)/nbdev_test --n_workers 2

lab: setup ## open JupyterLab on the notebooks
	@$(BIN)/jupyter lab nbs/index.ipynb

bench: setup ## measure what the README states, into runs/
	@for n in correction_bench speed_bench embedded_quality; do $(BIN)/shopvision run $$n || exit 1; done

readme: setup ## README.md from nbs/index.ipynb
	@$(BIN)/python -m jupyter nbconvert --to markdown --output-dir . --output README nbs/index.ipynb --log-level WARN

check: setup ## what CI checks before the tests: notebooks clean, export and README current, ruff, types
	@bash .ci/check

clean: ## remove what setup made
	rm -rf $(VENV) demo build dist
