# Every target is a command of ./run, which says what each does: `make help`.
.DEFAULT_GOAL := help
.PHONY: setup demo test test-all test-shared bench lint format lock clean help

setup demo test test-all test-shared bench lint format lock clean help:
	@sh ./run $@ $(ARGS)
