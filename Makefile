# Every target is a command of tools/dev.py; `make help` lists them. PYTHON=... names an interpreter (3.11 or newer).
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	  command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  && { echo $$p; exit; }; done; command -v python3 || echo no-python)

.DEFAULT_GOAL := help
COMMANDS = serve build check test lint bench peers screenshot unit release-check clean help
.PHONY: $(COMMANDS)

$(COMMANDS):
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "This needs Python 3.11 or newer, and found none: install it first."; exit 1; }
	@$(PYTHON) tools/dev.py $@ $(ARGS)
