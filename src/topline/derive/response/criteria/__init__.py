"""The response criteria, one a file: a module that defines CRITERION is one, and nothing else needs to know of it."""
