"""Where derivations run: one frame on this machine; later a stream of partitions."""
