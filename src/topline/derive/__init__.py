"""What follows from the records: one derivation a file."""
