# What can be done here. `make` alone lists it.

SWIFT ?= swift
PREFIX ?= /usr/local
RELEASE = -c release --static-swift-stdlib
# The receiver binds its symbols at the start, once, and not in each session that is forked.
BIND_NOW = -Xlinker -z -Xlinker now

.DEFAULT_GOAL := help
.PHONY: help build install debug test test-filesystems torture torture-crash soak bench bench-quick \
  bench-load bench-tools demo smoke format lint clean needs

help: ## list what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

build: needs ## build the programs for use: .build/release/xferd and .build/release/xferctl
	$(SWIFT) build $(RELEASE) $(BIND_NOW) --product xferd
	$(SWIFT) build $(RELEASE) --product xferctl

install: ## copy the programs that were built to PREFIX/bin (/usr/local/bin)
	install -D -m 755 .build/release/xferd $(DESTDIR)$(PREFIX)/bin/xferd
	install -D -m 755 .build/release/xferctl $(DESTDIR)$(PREFIX)/bin/xferctl

debug: needs ## build everything for work on it: .build/debug
	$(SWIFT) build

test: needs ## run all tests; what they need is installed first, or named where that may not be done
	$(TEST_WIDTH) $(SWIFT) test

torture: debug ## 2,000 faults of a bad link, 100 crashes of the disk (root), half an hour of kills: nothing may be lost
	Tests/Torture/torture link --faults 2000 --programs .build/debug
	@$(MAKE) --no-print-directory torture-crash
	Tests/Torture/torture kills --minutes 30 --programs .build/debug

# Status 75: there can be none here, which it says.
torture-crash: debug ## the crashes alone: ten minutes, as root
	Tests/Torture/torture crash --crashes 100 --programs .build/debug || [ $$? = 75 ]

test-filesystems: needs ## the tests of the promise on ext4, xfs, btrfs, tmpfs and overlayfs: ten minutes each, as root
	$(SWIFT) build --build-tests
	Tests/Torture/torture filesystems --command "$(SWIFT) test --skip-build"

soak: build ## an hour of mixed load: memory, descriptors, log and incoming/ must stay as they are
	Tests/Torture/torture soak --minutes 60 --programs .build/release

bench: build bench-load ## compare with peers and with what the machine can do: an hour; writes docs/performance*.md
	Tests/Bench/bench --write docs/performance.md --json .build/bench.json

bench-quick: build bench-load ## the main ratios of the same, in two minutes
	Tests/Bench/bench --quick

bench-load: needs
	$(SWIFT) build $(RELEASE) --product history-load

bench-tools: ## install what bench compares with (Debian); what is missing is named otherwise
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$(python3 Tests/Bench/machine.py)

demo: build ## three senders push real files to a receiver, all on this machine, without Docker
	@Tests/Demo/demo .build/release

smoke: ## prove the demo of compose.yaml: start, push, compare, ask, stop, start again
	@docker/smoke

format: ## put the Swift sources into the house's form
	$(SWIFT) format --in-place --recursive --parallel Sources Tests Package.swift

lint: ## say which Swift sources are not in the house's form
	$(SWIFT) format lint --strict --recursive --parallel Sources Tests Package.swift

clean: ## remove what was built
	$(SWIFT) package clean

# Tests at a time: each has processes of its own, and more would only wait for each other.
TEST_WIDTH = SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=6

# Each program is a Debian package of the same name. The tests need more than a build does.
test test-filesystems: PROGRAMS = python3 sqlite3 strace
torture torture-crash soak bench bench-quick: PROGRAMS = python3

needs:
	@command -v $(SWIFT) >/dev/null || { \
	  echo "Swift is missing: install 6.2 or later, see https://www.swift.org/install/linux" >&2; exit 1; }
	@missing=; \
	[ -e /usr/include/sqlite3.h ] || pkg-config --exists sqlite3 2>/dev/null || missing=" libsqlite3-dev"; \
	for program in $(PROGRAMS); do \
	  command -v $$program >/dev/null || missing="$$missing $$program"; \
	done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing what is missing:$$missing"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing; \
	elif command -v apt-get >/dev/null; then \
	  echo "Something is missing. Run this, then try again:  sudo apt-get install -y$$missing" >&2; exit 1; \
	else \
	  echo "Something is missing. Install it (Debian's names), then try again:$$missing" >&2; exit 1; \
	fi
