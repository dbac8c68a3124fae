# make help prints the targets. Every target leaves its results under artifacts/.

CONFIGURATION := Release
RUNTIME := linux-x64
SUITE ?= all
FILTER ?=
SEED ?=
COUNT ?= $(if $(SEED),1,10000)

export DOTNET_NOLOGO := 1
export DOTNET_CLI_TELEMETRY_OPTOUT := 1

ARTIFACTS := artifacts
BIN := $(ARTIFACTS)/bin
LIB := $(ARTIFACTS)/lib
SHARE := $(ARTIFACTS)/share
STAMPS := $(ARTIFACTS)/stamps

PROJECTS := $(wildcard Cms.*)
RULES := Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig
sources = $(shell find $(1) \( -name bin -o -name obj \) -prune -o -type f \( -name '*.cs' -o -name '*.csproj' -o -name '*.proto' -o -path '*/Texts/*.txt' -o -path '*/Completion/cms.*' -o -name 'packages.lock.json' \) -print)

CLI_SOURCES := $(call sources,Cms.Formats Cms.Client Cms.Cli) $(wildcard packaging/schemas/*)
HOST_SOURCES := $(call sources,Cms.Formats Cms.Client Cms.Storage Cms.Actors Cms.Gateways Cms.Host)

PUBLISH := dotnet publish --configuration $(CONFIGURATION) --no-restore --nologo --verbosity quiet -clp:NoSummary

BENCH_PACKAGES := uthash-dev liblmdb-dev
NATIVE := Cms.Benchmarks/Native
NATIVE_HEADERS := $(wildcard $(NATIVE)/*.h libcms/include/*.h)
NATIVE_FLAGS := -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -Ilibcms/include
NATIVE_PROGRAMS := $(addprefix $(ARTIFACTS)/bench/,peers lmdb-writer notice-waiter)
WITH_LIBCMS := -L$(LIB) -lcms '-Wl,-rpath,$$ORIGIN/../lib'

.PHONY: help setup setup-bench build libcms python demo run test sim bench check fmt clean

help:
	@echo "make setup    install what is missing and restore the locked packages; the others call it"
	@echo "make build    $(BIN)/cmsd, $(BIN)/cms and $(BIN)/uci; $(LIB)/libcms.so, libcms.a, cms.pc and python3/cms; $(SHARE) with manual and completion"
	@echo "make python   the Python package alone, in $(LIB)/python3"
	@echo "make demo     show a node at work, in a scratch directory, in under a minute"
	@echo "make run      a node in the foreground, on a copy of examples/etc-config"
	@echo "make test     all tests; FILTER='-class Cms.Tests.Uci.*' for some"
	@echo "make sim      simulate 10,000 seeds; SEED=n for one, COUNT=n for so many from there"
	@echo "make check    warnings, style, format"
	@echo "make bench    measure; SUITE=name for one suite"
	@echo "make fmt      format the sources"
	@echo "make clean    remove what the targets made"

setup:
	@packaging/setup.sh $(STAMPS)/restored

build: setup $(STAMPS)/cmsd $(STAMPS)/cms libcms python

libcms: | setup
	@$(MAKE) --no-print-directory --directory libcms lib

# Without Python's headers it says so and is left out.
python: libcms
	@$(MAKE) --no-print-directory --directory libcms python

$(STAMPS)/cmsd: $(HOST_SOURCES) $(RULES) Makefile | setup
	@echo "build: cmsd"
	@rm -rf $(LIB)/cmsd && mkdir -p $(BIN) $(STAMPS)
	@$(PUBLISH) Cms.Host --runtime $(RUNTIME) --self-contained false --output $(LIB)/cmsd
	@ln -sfn ../lib/cmsd/cmsd $(BIN)/cmsd
	@touch $@

$(STAMPS)/cms: $(CLI_SOURCES) $(RULES) Makefile | setup
	@echo "build: cms"
	@rm -rf $(LIB)/cms && mkdir -p $(BIN) $(STAMPS)
	@$(PUBLISH) Cms.Cli --framework net9.0 --output $(LIB)/cms
	@ln -sfn ../lib/cms/cms $(BIN)/cms
	@ln -sfn cms $(BIN)/uci
	@mkdir -p $(addprefix $(SHARE)/,bash-completion/completions zsh/site-functions fish/vendor_completions.d)
	@LC_ALL=C $(BIN)/cms man $(SHARE)/man/man1 && LC_ALL=de $(BIN)/cms man $(SHARE)/man/de/man1
	@$(BIN)/cms completion bash > $(SHARE)/bash-completion/completions/cms
	@$(BIN)/cms completion zsh > $(SHARE)/zsh/site-functions/_cms
	@$(BIN)/cms completion fish > $(SHARE)/fish/vendor_completions.d/cms.fish
	@touch $@

demo: build
	@examples/demo.sh $(BIN)

run: build
	@examples/run.sh $(BIN)

test: build
	@dotnet build Cms.Tests --configuration $(CONFIGURATION) --no-restore --nologo --verbosity quiet -clp:NoSummary
	@.ci/test Cms.Tests/bin/$(CONFIGURATION)/net10.0/Cms.Tests $(ARTIFACTS)/test $(FILTER)

sim: setup
	@dotnet build Cms.Tests --configuration $(CONFIGURATION) --no-restore --nologo --verbosity quiet -clp:NoSummary
	@CMS_SIM_SEED=$(or $(SEED),1) CMS_SIM_COUNT=$(COUNT) Cms.Tests/bin/$(CONFIGURATION)/net10.0/Cms.Tests \
		-explicit only -class Cms.Tests.Simulation.SeedSweep -noLogo -noColor -showLiveOutput

bench: build $(NATIVE_PROGRAMS)
	@dotnet run --project Cms.Benchmarks --configuration $(CONFIGURATION) --no-restore -- $(SUITE)

# What the benchmarks compare with is no part of the product and is installed for them alone.
setup-bench: setup
	@packaging/setup.sh $(STAMPS)/restored $(BENCH_PACKAGES)

$(ARTIFACTS)/bench/peers: $(addprefix $(NATIVE)/,peers.c keys.c uthash_backend.c lmdb_backend.c lmdb_file.c cms_backend.c) $(NATIVE_HEADERS) | libcms setup-bench
	@mkdir -p $(@D)
	@gcc $(NATIVE_FLAGS) -o $@ $(filter %.c,$^) $(WITH_LIBCMS) -llmdb

$(ARTIFACTS)/bench/lmdb-writer: $(addprefix $(NATIVE)/,lmdb_writer.c keys.c lmdb_file.c) $(NATIVE_HEADERS) | setup-bench
	@mkdir -p $(@D)
	@gcc $(NATIVE_FLAGS) -o $@ $(filter %.c,$^) -llmdb

$(ARTIFACTS)/bench/notice-waiter: $(NATIVE)/notice_waiter.c $(NATIVE_HEADERS) | libcms setup-bench
	@mkdir -p $(@D)
	@gcc $(NATIVE_FLAGS) -o $@ $(filter %.c,$^) $(WITH_LIBCMS)

check: setup
	@dotnet build Cms.sln --configuration $(CONFIGURATION) --no-restore --nologo --verbosity quiet -clp:NoSummary
	@dotnet format Cms.sln --verify-no-changes --no-restore --severity warn
	@echo "check: no warnings, sources are formatted"

fmt: setup
	@dotnet format Cms.sln --no-restore --severity warn

clean:
	rm -rf $(ARTIFACTS) $(addsuffix /bin,$(PROJECTS)) $(addsuffix /obj,$(PROJECTS)) Cms.Tests/Worker/bin Cms.Tests/Worker/obj
