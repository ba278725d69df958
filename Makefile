# make install demo test test-all quick lint bench docs words pictures lock
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export DO_NOT_TRACK := 1
# Tests start thousands of processes, and each takes 0.2 s longer where no compiled module is kept.
unexport PYTHONDONTWRITEBYTECODE

# A file of tests goes to one of two processes: tests wait for processes and disks more than they work.
BESIDE := -n 2 --dist loadfile

.PHONY: install demo test test-all quick lint bench docs words pictures browser printer zstd proxies systemd lock

PRINTER := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core

SPANISH := src/verticalfile/web/locale/es/LC_MESSAGES/django

install: $(VENV)/.installed $(SPANISH).mo

$(VENV)/.installed: pyproject.toml tools/hatch_build.py tools/font/package-lock.json
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && \
	  apt-get install -y -qq python3-venv >/dev/null && $(PYTHON) -m venv --clear $(VENV); } || { \
	  echo "This Python has no venv module. To mend it: apt-get install python3-venv"; exit 1; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(SPANISH).mo: $(SPANISH).po $(VENV)/.installed
	@$(BIN)/python tools/compile_words.py

words: install
	$(BIN)/python tools/words.py
	$(BIN)/python tools/compile_words.py

pictures: install browser
	@command -v pdftoppm >/dev/null || { echo "The hand-out is drawn by poppler. To mend it: sudo apt-get install poppler-utils"; exit 1; }
	$(BIN)/python tools/pictures.py

browser:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; } || { \
	  echo "The tests read pages in a browser. To mend it: sudo apt-get install chromium"; exit 1; }

zstd:
	@command -v zstd >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq zstd >/dev/null; } || { \
	  echo "The tests take originals out with zstd. To mend it: sudo apt-get install zstd"; exit 1; }

printer: install
	@$(BIN)/python -c 'import weasyprint' 2>/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(PRINTER) >/dev/null; } || { \
	  echo "The tests print hand-outs. To mend it: sudo apt-get install $(PRINTER)"; exit 1; }

# Unpacked and not installed: no service starts, and what runs on the machine already is left alone.
proxies: install
	@PATH="$$PATH:/usr/sbin:$(VENV)/proxies/usr/sbin:$(VENV)/proxies/usr/bin"; \
	  command -v nginx >/dev/null && command -v caddy >/dev/null || { mkdir -p $(VENV)/proxies && \
	  cd $(VENV)/proxies && { [ "$$(id -u)" != 0 ] || apt-get update -qq; } && \
	  apt-get download -qq nginx caddy 2>/dev/null && for each in *.deb; do dpkg -x $$each . && rm $$each; done; } || { \
	  echo "The tests read through proxies. To mend it: sudo apt-get install nginx caddy"; exit 1; }

systemd:
	@command -v systemd-analyze >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends systemd >/dev/null; } || { \
	  echo "The tests verify units. To mend it: sudo apt-get install systemd"; exit 1; }

lint: install
	$(BIN)/ruff check src tests tools benchmarks docs
	$(BIN)/ruff format --check src tests tools benchmarks docs
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint browser printer zstd proxies systemd
	$(BIN)/pytest $(BESIDE) -m 'not slow' --cov --cov-report=term

test-all: lint browser printer zstd proxies systemd
	$(BIN)/pytest $(BESIDE)

quick: install browser printer zstd proxies systemd
	$(BIN)/pytest $(BESIDE) -q -x -m 'not slow'

demo: install
	@rm -rf build/alder-falls && mkdir -p build
	@$(BIN)/vf demo build/alder-falls

bench: install browser
	@command -v restic >/dev/null && command -v borg >/dev/null || { apt-get update -qq && apt-get install -y -qq restic borgbackup; }
	@$(BIN)/pip install --quiet --disable-pip-version-check csv-diff daff datacompy datasette
	$(BIN)/python -m benchmarks

docs: install
	$(BIN)/python docs/write_reference.py

lock: install
	@{ sed -n '/^#/p' requirements.lock; $(BIN)/pip freeze --exclude-editable; } > requirements.new
	@mv requirements.new requirements.lock
