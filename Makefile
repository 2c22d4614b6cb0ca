# make help lists the targets.
MODULES := . resilience resilience/otelresilience resilience/redisstore examples
GO      ?= go

.PHONY: alerts redis help install generate test fmt vet lint unit regenerate goldens corpus bench bench-short speed \
	fuzz soak storms browser tidy audit release require

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

install: ## install the command resgen of this clone into the folder of Go's commands
	$(GO) install ./cmd/resgen
	@$(GO) list -f '{{.Target}}' ./cmd/resgen

generate: ## regenerate every checked-in client from specs/
	$(GO) run ./cmd/resgen generate

STAGES := alerts redis unit fmt vet lint goldens regenerate corpus browser bench-short
LANES  ?= 2

test: ## everything that CI runs, as stages with their times
	@$(GO) run ./internal/stages -lanes $(LANES) $(STAGES)

fmt: ## list files that are not gofmt-clean
	@bad=$$(gofmt -l $$(git ls-files '*.go' ':!testdata/*/want/*')); \
	if [ -n "$$bad" ]; then echo "not gofmt-clean:"; echo "$$bad"; exit 1; fi

vet: ## go vet in all modules
	@for m in $(MODULES) bench; do echo "step vet $$m"; $(GO) -C $$m vet ./... || exit 1; done
	@GOWORK=off $(GO) -C tools vet ./...

# The linter is in a module of its own, so that it is not a requirement of any other module.
lint: ## staticcheck in all modules, and the style tests
	@mkdir -p bin && GOWORK=off $(GO) build -C tools -o ../bin/staticcheck honnef.co/go/tools/cmd/staticcheck
	@for m in $(MODULES) bench; do echo "step staticcheck $$m"; \
		(cd $$m && $(CURDIR)/bin/staticcheck ./...) || exit 1; done
	@$(GO) test -run '^TestStyle_' .

unit: ## all tests but those of the target redis, with the race detector except in bench and tools
	@failed=0; \
	for m in $(filter-out resilience/redisstore,$(MODULES)); do \
		$(GO) -C $$m test -vet=off -race -timeout 20m ./... || failed=1; done; \
	$(GO) -C bench test -vet=off ./... || failed=1; \
	GOWORK=off $(GO) -C tools test -vet=off ./... || failed=1; \
	exit $$failed

# apt installs Debian's packages, if it can. Stages run at the same time, and apt-get does not wait for another update.
apt = { mkdir -p bin && flock bin/apt.lock sh -c 'apt-get update -qq && apt-get -o DPkg::Lock::Timeout=300 \
	install -y -qq --no-install-recommends $(1)'; } >/dev/null 2>&1

# The checkers of the browser tests: rules of accessibility, and the validator of HTML, which needs Java.
CHECKERS := axe-core@4.14.1 vnu-jar@26.9.27

browser: ## tests of the status page in Chromium, which apt-get installs if it can; screenshots are in bin/screenshots
	@command -v chromium >/dev/null || $(call apt,chromium) || \
		{ echo "chromium is missing and apt-get cannot install it; install Debian's package chromium"; exit 1; }
	@{ command -v java && command -v npm; } >/dev/null || $(call apt,default-jre-headless npm); \
	if ! { command -v java >/dev/null && npm install --prefix bin/checkers --no-save --no-package-lock \
		--ignore-scripts --no-audit --no-fund --silent $(CHECKERS); }; then \
		echo "not checked: accessibility and HTML of the pages, because java is missing," \
			"or npm cannot install $(CHECKERS)"; \
		export RESGEN_WITHOUT_CHECKERS=1; fi; \
	GOWORK=off $(GO) -C browser vet ./... && GOWORK=off $(GO) -C browser test -vet=off ./...

alerts: ## test the alert rules of examples/telemetry with promtool, which Debian's package prometheus has
	@command -v promtool >/dev/null || $(call apt,prometheus) || \
		{ echo "promtool is missing and apt-get cannot install it; install Debian's package prometheus"; exit 1; }
	@cd examples/telemetry && promtool check rules alerts.yaml && promtool test rules alerts_test.yaml

redis: ## tests over real servers of Redis, which apt-get installs if it can
	@{ command -v redis-server && command -v redis-sentinel; } >/dev/null || \
		$(call apt,redis-server redis-sentinel) || \
		{ echo "redis-server or redis-sentinel is missing; install Debian's packages of these names"; exit 1; }
	@$(GO) -C resilience/redisstore test -vet=off -race -timeout 20m ./...

goldens: ## vet and test the expected outputs in testdata
	@GOWORK=off $(GO) -C testdata vet ./...
	@GOWORK=off $(GO) -C testdata test -vet=off ./...

regenerate: ## check that the checked-in clients are up to date
	@$(GO) run ./cmd/resgen check

corpus: ## generate clients for the documents in RESGEN_CORPUS, compare what they send and read, replay sandboxes
	@if [ -z "$$RESGEN_CORPUS" ]; then echo "skipped: RESGEN_CORPUS is not set to a folder of documents"; exit; fi; \
	$(GO) run ./internal/corpus -requests -samples && \
	$(GO) run ./internal/corpus -validate && \
	$(GO) run ./internal/corpus -replay -policy specs/spapi/policy.yaml && \
	$(GO) run ./internal/corpus -tokens -set spapi -policy specs/spapi/policy.yaml \
		-overlay specs/spapi/models.overlay.yaml

bench: ## what calls cost with resgen, oapi-codegen, ogen and libraries for resilience: writes docs/benchmarks.md
	@$(GO) -C bench/peers generate && $(GO) -C bench/peers run . -write ../..
	@cd bench/peers && if [ -e results/before.txt ]; then $(GO) tool benchstat results/before.txt results/last.txt; fi

bench-short: ## check what calls of resgen allocate and how large a program is, but no times
	@$(GO) -C bench/peers generate && $(GO) -C bench/peers run . -short

speed: ## time and peak memory of resgen and oapi-codegen for 767 operations; takes a minute
	cd bench && $(GO) test ./generate -run '^$$' -bench Together -benchtime 5x

storms: ## retry storms with resgen, plain retries and failsafe-go; takes minutes on an idle machine
	cd bench && $(GO) run ./storms

soak: ## two minutes of faults: heap, goroutines and connections that remain
	cd bench && $(GO) run ./soak -for 120s

audit: ## licenses of all linked modules, and known vulnerabilities where the database can be reached
	@mkdir -p bin && GOWORK=off $(GO) build -C tools -o ../bin/ ./audit golang.org/x/vuln/cmd/govulncheck
	bin/audit -govulncheck $(CURDIR)/bin/govulncheck $(MODULES)

release: ## check the published modules for VERSION, zip them in bin/release, print the tags to set
	@GOWORK=off $(GO) -C tools run ./release -root .. $(VERSION)

require: ## require VERSION of the runtime in the other published modules, which a release needs
	@GOWORK=off $(GO) -C tools run ./release -root .. -require $(VERSION)

fuzz: ## run every fuzz target for FUZZTIME, 10s by default
	@for m in $(MODULES); do for p in $$($(GO) -C $$m list ./...); do \
		for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
			echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $${FUZZTIME:-10s} $$p || exit 1; \
		done; done; done

# Published modules cannot have a replace, so they get one while go mod tidy runs.
tidy: ## go mod tidy in every module
	$(GO) mod edit -replace github.com/resgen/resgen/resilience=./resilience
	GOWORK=off $(GO) mod tidy; status=$$?; \
	$(GO) mod edit -dropreplace github.com/resgen/resgen/resilience; exit $$status
	@for m in $(filter resilience/%,$(MODULES)); do echo "tidy $$m"; \
		$(GO) -C $$m mod edit -replace github.com/resgen/resgen/resilience=../; GOWORK=off $(GO) -C $$m mod tidy; \
		status=$$?; $(GO) -C $$m mod edit -dropreplace github.com/resgen/resgen/resilience; \
		[ $$status = 0 ] || exit 1; done
	@for m in resilience examples bench tools browser; do echo "tidy $$m"; \
		GOWORK=off $(GO) -C $$m mod tidy || exit 1; done
