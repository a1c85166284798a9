.PHONY: help build server test fast check bench
help: ## What can be made.
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/'
build: ## build/release/thienan
	script/build
server: ## Runs the province on 127.0.0.1:8080, data in ./data.
	script/server
test: ## Everything; last line: N passed, N failed.
	script/test
fast: ## Without browser, crash and fuzz parts.
	script/test --fast
check: ## Formats, layers, clang-tidy; with S=system its data and cases too.
	script/check $(S)
bench: ## Design budgets beside yardsticks.
	script/bench
