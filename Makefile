# Vigie. `make run` and `make test` are all anyone needs.
.DEFAULT_GOAL := help
SHELL := /bin/bash
export CGO_ENABLED ?= 0
ifdef VIGIE_DATA
export VIGIE_DATA := $(abspath $(VIGIE_DATA))# tests run in folders of their own
endif
BIN := $(CURDIR)/bin
ENGINE := deploy/engine/node_modules/.package-lock.json
MODULES := proto pkg services
CONFIG ?= deploy/vigie.yaml
# what nothing can be built without
TOOLS := for place in . $(wildcard $(BIN)); do [ -w $$place ] || \
	{ echo "vigie: this folder cannot be written to: clone or copy it to one that can"; exit 1; }; done; \
	command -v go >/dev/null || { echo "vigie: Go is not installed: see https://go.dev/doc/install"; exit 1; }

.PHONY: help run test bench lint e2e proto build tidy race generated

help: ## list what can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## run the whole product on this machine (Ctrl-C stops it)
	@exec $(BIN)/vigie up --config $(CONFIG)

build: $(ENGINE) ## build bin/vigie
	@$(TOOLS)
	@[ -e $(BIN)/vigie ] || echo "building bin/vigie (a few minutes the first time)…"
	@go build -o $(BIN)/vigie ./services/vigie

$(ENGINE): deploy/engine/package.json deploy/engine/package-lock.json
	@$(TOOLS)
	@command -v npm >/dev/null || { echo "vigie: npm is not installed, and brings the ClickHouse engine: install Node.js"; exit 1; }
	@echo "installing the ClickHouse engine (once, about 170 MB)…"
	@npm ci --prefix deploy/engine --no-fund --no-audit --loglevel=error
	@touch $@

test: $(ENGINE) ## run all tests, gofmt and vet
	@test -z "$$(gofmt -l $(MODULES))" || { echo "not formatted:"; gofmt -l $(MODULES); exit 1; }
	go vet work
	go test -timeout 15m work

race: $(ENGINE) ## run all tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 go test -race -timeout 20m work

e2e: $(ENGINE) ## run the tests of the whole only
	go test -timeout 10m -v ./services/e2e/...

bench: build ## measure throughput, delay and memory
	go test -run '^$$' -bench Stages -benchtime 1x ./services/scorer/internal/score
	go test -run '^$$' -bench . -benchtime 1x -timeout 30m ./services/e2e/...

lint: $(BIN)/golangci-lint ## run the linters
	@for module in $(MODULES); do (cd $$module && $(BIN)/golangci-lint run ./...) || exit 1; done
	@cd proto && PATH="$(BIN):$$PATH" $(BIN)/buf lint

proto: $(BIN)/golangci-lint ## generate Go from proto/
	cd proto && PATH="$(BIN):$$PATH" $(BIN)/buf generate

generated: proto ## fail where generated code is not up to date
	git diff --exit-code -- proto

tidy: ## tidy every module
	@for module in $(MODULES) tools; do GOWORK=off go -C $$module mod tidy || exit 1; done

$(BIN)/golangci-lint: tools/go.mod
	GOWORK=off GOBIN=$(BIN) go -C tools install tool
	@touch $@
