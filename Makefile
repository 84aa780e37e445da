# Two commands are all there is to know: `make run` and `make test`.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := run

DATA ?= sqlite:commonground.db
LISTEN ?= 127.0.0.1:8080
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || true)

# Builds front end and program, makes a new file with the demonstration, serves, prints the address.
.PHONY: run
run: web/dist
	@echo "Building the program (the first time takes some minutes) …"
	cargo build --release --locked
	target/release/commonground serve --demo --data $(DATA) --listen $(LISTEN)

# Everything: front end, program, browser.
.PHONY: test
test: tools web/dist chromium servers peers
	@echo "Front end: types and units …"
	cd web && npm run check && npm test
	@echo "Program and browser (building the first time takes some minutes) …"
	if cargo nextest --version >/dev/null 2>&1; then \
	  cargo nextest run --locked --no-fail-fast; \
	else \
	  cargo test --locked --no-fail-fast --lib --bins --tests; \
	fi
	cargo test --locked --doc

# Form, lints, and what the program is made of; no tests.
.PHONY: check
check: web/dist deny
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cd web && npm run check

# Licences, sources and bans of all crates (deny.toml); known faults of theirs where the list of them can be fetched.
.PHONY: deny
deny:
	@cargo deny --version >/dev/null 2>&1 || { echo "Installing cargo-deny …"; cargo install --locked --debug cargo-deny; }
	cargo deny --locked --log-level error check --hide-inclusion-graph bans licenses sources
	@if timeout 60 cargo deny --locked --log-level off fetch db >/dev/null 2>&1; then \
	  cargo deny --locked --log-level error check --disable-fetch advisories; \
	else \
	  echo "NOT CHECKED: the list of known faults (https://github.com/RustSec/advisory-db) can't be reached from here."; \
	fi

# The table of figures on a million assets, plain and lived in, beside PostGIS, scipy and DuckDB, answers checked; it says
# what to install for a peer. FRESH=1 brings the data in anew, PYTHON= names the Python that has the peers, ALONE=1 leaves
# them out. ROWS=nearest,coverage measures these only, of: start nearest coverage words lists cards abandoned tiles writes
# steady growth.
.PHONY: bench
bench:
	cargo bench --locked --bench england

# The kernels by themselves, for who works on one: cargo bench --bench kernels -- coverage
.PHONY: bench-kernels
bench-kernels:
	cargo bench --locked --bench kernels

# What a person waits for with a million assets on the map, in headless Chromium; after `make bench`.
.PHONY: bench-paint
bench-paint: web/dist chromium
	cargo bench --locked --bench paint

.PHONY: tools
tools:
	@command -v cargo >/dev/null || { echo "Rust is missing: see https://rustup.rs"; exit 1; }
	@command -v npm >/dev/null || { echo "Node is missing: sudo apt-get install nodejs npm (Node 20 or newer)"; exit 1; }

# The browser of the browser tests: Debian's.
.PHONY: chromium
chromium:
	@if [ -z "$(CHROMIUM)" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium …"; apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
	  else \
	    echo "Chromium is missing; type: sudo apt-get install chromium"; exit 1; \
	  fi; \
	fi

# The servers of the tests: each test starts its own on a free port and ends it.
.PHONY: servers
servers:
	@missing=""; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$$missing postgresql"; \
	ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 || missing="$$missing postgresql-postgis"; \
	[ -x /usr/sbin/haproxy ] || missing="$$missing haproxy"; \
	command -v ogrinfo >/dev/null || missing="$$missing gdal-bin"; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing$$missing …"; apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	  else \
	    echo "Missing; type: sudo apt-get install$$missing"; exit 1; \
	  fi; \
	fi

# Another reading of the bank holidays, PyPI `holidays`, in an environment of its own. `fixtures/holidays` holds what it
# says of 2020-2030, so where it can't be had the tests still compare; COMMONGROUND_PEERS=1 promises it.
HOLIDAYS := 0.109
.PHONY: peers
peers:
	@target/peers/bin/python -c "import holidays, sys; sys.exit(holidays.__version__ != '$(HOLIDAYS)')" 2>/dev/null || { \
	  { python3 -m venv --clear target/peers && target/peers/bin/pip install --quiet holidays==$(HOLIDAYS); } >/dev/null 2>&1 || { \
	    rm -rf target/peers; \
	    echo "NOT COMPARED: PyPI holidays can't be had here (python3 with venv, and PyPI); its list in fixtures/holidays is."; \
	  }; \
	}

web/node_modules/.installed: web/package-lock.json
	@$(MAKE) --no-print-directory tools
	@echo "Fetching what the front end needs …"
	cd web && npm ci --no-audit --no-fund
	touch $@

web/dist: web/node_modules/.installed $(shell find web/src web/public web/scripts web/index.html web/vite.config.ts -type f 2>/dev/null)
	@echo "Building the front end …"
	cd web && npm run build
	touch $@
