"""What is asked: protocol and datasets in, results out, each with its method and subjects."""
