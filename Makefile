# make help lists the targets.
MODULES := . resilience examples
GO      ?= go

.PHONY: help generate test fmt vet lint unit regenerate goldens corpus bench speed fuzz soak storms tidy

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

generate: ## regenerate every checked-in client from specs/
	$(GO) run ./cmd/resgen generate

test: fmt vet lint unit goldens regenerate corpus ## everything that CI runs

fmt: ## source that gofmt would change
	@bad=$$(gofmt -l $$(git ls-files '*.go' ':!testdata/*/want/*')); \
	if [ -n "$$bad" ]; then echo "not gofmt-clean:"; echo "$$bad"; exit 1; fi

vet: ## go vet over all modules
	@for m in $(MODULES) bench; do echo "vet $$m"; $(GO) -C $$m vet ./... || exit 1; done

# The linter has a module of its own, so that it never weighs on the build of a client.
lint: ## staticcheck over the modules
	@mkdir -p bin && GOWORK=off $(GO) build -C tools -o ../bin/staticcheck honnef.co/go/tools/cmd/staticcheck
	@for m in $(MODULES); do echo "staticcheck $$m"; (cd $$m && $(CURDIR)/bin/staticcheck ./...) || exit 1; done

unit: ## all tests of the modules, with the race detector, and those of bench
	@for m in $(MODULES); do $(GO) -C $$m test -race -timeout 20m ./... || exit 1; done
	@$(GO) -C bench test ./...

goldens: ## everything under testdata that is meant to compile compiles, and what is meant to run runs
	@GOWORK=off $(GO) -C testdata vet ./...
	@GOWORK=off $(GO) -C testdata test ./...

regenerate: ## the checked-in clients are what specs/ gives
	$(GO) run ./cmd/resgen check

corpus: ## sweep over the real documents in $$RESGEN_CORPUS, if it is set, read and write their sample bodies, and replay the cases of their sandboxes
	@if [ -n "$$RESGEN_CORPUS" ]; then $(GO) run ./internal/corpus -samples && $(GO) run ./internal/corpus -replay -policy specs/spapi/policy.yaml; else echo "corpus: RESGEN_CORPUS names no folder of documents; the sweep, the replay and the tests that read them are left out"; fi

bench: ## benchmarks of the runtime, and what a call costs beside net/http and the stock stack
	$(GO) -C resilience test -run '^$$' -bench . -benchmem ./...
	cd bench && $(GO) test ./overhead -run '^$$' -bench Together

speed: ## resgen beside the oapi-codegen command on 767 operations: time and peak memory; a minute
	cd bench && $(GO) test ./generate -run '^$$' -bench Together -benchtime 5x

storms: ## retry storms: ours beside plain retry and the stock stack; minutes on a quiet machine
	cd bench && $(GO) run ./storms

soak: ## two minutes of faults: what stays in the heap, which goroutines and connections
	cd bench && $(GO) run ./soak -for 120s

fuzz: ## every fuzz target for a while: FUZZTIME=30s
	@for m in $(MODULES); do for p in $$($(GO) -C $$m list ./...); do \
		for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
			echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $${FUZZTIME:-10s} $$p || exit 1; \
		done; done; done

# The root cannot have a replace of its own, because it is published; it gets one while go mod tidy runs.
tidy: ## go mod tidy in every module
	$(GO) mod edit -replace github.com/resgen/resgen/resilience@v0.1.0=./resilience
	GOWORK=off $(GO) mod tidy; status=$$?; \
	$(GO) mod edit -dropreplace github.com/resgen/resgen/resilience@v0.1.0; exit $$status
	@for m in resilience examples bench tools; do echo "tidy $$m"; GOWORK=off $(GO) -C $$m mod tidy || exit 1; done
