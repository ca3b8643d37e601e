"""Does a paper add up: claims, and what they are compared with."""
