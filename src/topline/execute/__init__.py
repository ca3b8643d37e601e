"""Where derivations run."""
