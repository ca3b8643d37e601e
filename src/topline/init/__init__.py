"""A first protocol from a hospital's own sheet: a draft in which every guess is marked and must be confirmed."""
