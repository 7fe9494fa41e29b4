# The targets of this project. `make` without a target lists them.

SWIFT ?= swift
PREFIX ?= /usr/local
# The programs, and what is generated from them: manual pages and completions.
BUILT ?= .build/release
SHARE ?= .build/share
MAN = $(DESTDIR)$(PREFIX)/share/man
BASH_COMPLETIONS = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
ZSH_COMPLETIONS = $(DESTDIR)$(PREFIX)/share/zsh/site-functions
FISH_COMPLETIONS = $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
UNITS = $(DESTDIR)$(PREFIX)/lib/systemd/system
# The linker drops code that nothing calls, which it may only do if no symbol is exported.
RELEASE = -c release --static-swift-stdlib --disable-local-rpath -Xlinker --no-export-dynamic
# The receiver resolves its symbols once at the start, instead of in each session that it forks.
BIND_NOW = -Xlinker -z -Xlinker now

.DEFAULT_GOAL := help
.PHONY: help build share install install-programs install-share install-units uninstall deb debug test test-filesystems torture torture-crash torture-order \
  torture-race fuzz fuzz-quick soak bench bench-quick bench-load bench-tools demo smoke format lint clean needs

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

build: needs ## build the release programs: .build/release/xferd and .build/release/xferctl
	$(SWIFT) build $(RELEASE) $(BIND_NOW) --product xferd
	$(SWIFT) build $(RELEASE) --product xferctl
	@$(MAKE) --no-print-directory share

share:
	python3 docs/man/generate --programs $(BUILT) --output $(SHARE)

install: install-programs install-share install-units ## install programs, manual pages, completions and units below PREFIX (default: /usr/local)

install-programs:
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/bin $(BUILT)/xferd $(BUILT)/xferctl

install-share:
	for page in $(SHARE)/man*/*; do \
	  install -D -m 644 -t $(MAN)/man$${page##*.} $$page || exit 1; \
	done
	install -D -m 644 -t $(BASH_COMPLETIONS) $(SHARE)/bash/*
	install -D -m 644 -t $(ZSH_COMPLETIONS) $(SHARE)/zsh/*
	install -D -m 644 -t $(FISH_COMPLETIONS) $(SHARE)/fish/*

# The units name the programs by their paths.
install-units:
	for unit in docker/systemd/*; do \
	  install -D -m 644 -t $(UNITS) $$unit || exit 1; \
	  sed -i 's|/usr/local/bin/|$(PREFIX)/bin/|g' $(UNITS)/$${unit##*/} || exit 1; \
	done

uninstall: ## remove what `make install` has installed; data and settings stay
	rm -f $(DESTDIR)$(PREFIX)/bin/xferd $(DESTDIR)$(PREFIX)/bin/xferctl
	rm -f $(MAN)/man1/xferctl.1 $(MAN)/man5/xfer.5 $(MAN)/man7/xfer-protocol.7 $(MAN)/man8/xferd.8
	rm -f $(BASH_COMPLETIONS)/xferd $(BASH_COMPLETIONS)/xferctl
	rm -f $(ZSH_COMPLETIONS)/_xferd $(ZSH_COMPLETIONS)/_xferctl
	rm -f $(FISH_COMPLETIONS)/xferd.fish $(FISH_COMPLETIONS)/xferctl.fish
	rm -f $(patsubst docker/systemd/%,$(UNITS)/%,$(wildcard docker/systemd/*))

deb: build ## build the Debian packages xfer-server and xfer-client: .build/deb
	docker/debian/build --programs $(BUILT) --share $(SHARE) --output .build/deb

debug: needs ## build all programs for debugging: .build/debug
	$(SWIFT) build

test: needs ## run all tests; installs the packages they need as root, or else lists them
	$(TEST_WIDTH) $(SWIFT) test $(CHECKED)

torture: debug ## show that nothing is lost: 2,000 link faults, 100 disk crashes (root), 30 min of kills
	Tests/Torture/torture link --faults 2000 --programs .build/debug
	@$(MAKE) --no-print-directory torture-crash
	Tests/Torture/torture kills --minutes 30 --programs .build/debug

# Status 75 means that this machine cannot run the crashes. The program prints the reason.
torture-crash: debug ## run the disk crashes alone: ten minutes, as root
	Tests/Torture/torture crash --crashes 100 --programs .build/debug || [ $$? = 75 ]

test-filesystems: needs ## test on ext4, xfs, btrfs, tmpfs and overlayfs: ten minutes each, as root
	$(SWIFT) build --build-tests
	Tests/Torture/torture filesystems --command "$(SWIFT) test --skip-build"

torture-order: debug ## hold 100,000 conversations out of order: half an hour
	Tests/Torture/torture order --conversations 100000 --programs .build/debug

torture-race: debug ## deliver 20,000 files while links change places with directories: some minutes
	Tests/Torture/torture race --files 20000 --programs .build/debug

fuzz: needs ## fuzz every parser of strangers' bytes, ten minutes each
	Tests/Fuzz/fuzz --seconds 600

fuzz-quick: needs ## fuzz every parser for ten seconds
	Tests/Fuzz/fuzz --seconds 10

soak: build ## run mixed load for an hour: memory, descriptors, log and incoming/ must not grow
	Tests/Torture/torture soak --minutes 60 --programs .build/release
	Tests/Torture/torture attacks --programs .build/release

bench: build bench-load ## compare with peers and the machine's limits: an hour; writes docs/performance*.md
	Tests/Bench/bench --write docs/performance.md --json .build/bench.json

bench-quick: build bench-load ## measure the main ratios of `make bench` in two minutes
	Tests/Bench/bench --quick

bench-load: needs
	$(SWIFT) build $(RELEASE) --product history-load
	$(SWIFT) build $(RELEASE) --product tls-pair

bench-tools: ## install the programs that bench compares with (Debian, as root)
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$(python3 Tests/Bench/instruments/machine.py)

demo: build ## run a receiver and three senders on this machine, without Docker
	@Tests/Demo/demo .build/release

smoke: ## test the demo of compose.yaml and the Debian packages, in containers
	@docker/smoke

format: ## format the Swift sources
	$(SWIFT) format --in-place --recursive --parallel Sources Tests Package.swift

# Words that comments in Sources do not use; see "Comments, messages and docs" in CONTRIBUTING.md.
PERSONS = //.*\b(who|whoever|whosever|whose|nobody|somebody|anew|whatever)\b
TURNED = ^[[:space:]]*/// (What|Whether|Where|How|Who|Not so)

# grep exits with 1 if it finds nothing, and with 2 if it fails.
lint: ## list the Swift sources that are not formatted, and comments to reword
	$(SWIFT) format lint --strict --recursive --parallel Sources Tests Package.swift
	@grep -rnE '$(PERSONS)|$(TURNED)' Sources; [ $$? = 1 ] || { \
	  echo "Reword these comments: see \"Comments, messages and docs\" in CONTRIBUTING.md" >&2; exit 1; }

clean: ## remove the build directory
	$(SWIFT) package clean

# Each target must declare the modules that it imports.
CHECKED = --explicit-target-dependency-import-check error

# The number of tests at a time. Each test starts processes, and more of them would only wait.
TEST_WIDTH = SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=6

# Each program is a Debian package of the same name, and dpkg-dev one with several programs.
build: PROGRAMS = python3
deb: PROGRAMS = dpkg-dev python3
test test-filesystems: PROGRAMS = curl fish groff mandoc openssl python3 sqlite3 strace zsh
torture torture-crash torture-order torture-race fuzz fuzz-quick soak bench bench-quick: PROGRAMS = python3

needs:
	@command -v $(SWIFT) >/dev/null || { \
	  echo "Swift is missing: install 6.2 or later, see https://www.swift.org/install/linux" >&2; exit 1; }
	@missing=; \
	[ -e /usr/include/sqlite3.h ] || pkg-config --exists sqlite3 2>/dev/null || missing=" libsqlite3-dev"; \
	for program in $(PROGRAMS); do \
	  case $$program in dpkg-dev) command=dpkg-shlibdeps ;; *) command=$$program ;; esac; \
	  command -v $$command >/dev/null || missing="$$missing $$program"; \
	done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing the missing packages:$$missing"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing; \
	elif command -v apt-get >/dev/null; then \
	  echo "Packages are missing. Run this, then try again:  sudo apt-get install -y$$missing" >&2; exit 1; \
	else \
	  echo "Packages are missing. Install them (Debian's names), then try again:$$missing" >&2; exit 1; \
	fi
