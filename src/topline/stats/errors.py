"""The one error of this floor: input that no statistic can be computed from."""


class InputError(ValueError):
    """Input that cannot be used; the message names the argument, the place, the value and what was expected."""
