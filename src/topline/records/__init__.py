"""What was recorded: the contract of each domain, readers, mapping and data checks."""
