"""Keep patients out of what is shared: messages lose subject ids and dates before they are printed."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DATE = re.compile(r"(?<!\d)(?:(?:19|20)\d\d[-/.]\d{1,2}(?:[-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d|(?:19|20)\d{6})(?!\d)")


def scrub(text: str, subjects: Iterable[str | None] = ()) -> str:
    """Return a message without dates and without the ids of the subjects given.

    Parameters
    ----------
    text : str
        Any message of a finding or a warning.
    subjects : iterable of str
        Subject ids that may stand in it.
    """
    for subject in sorted({item for item in subjects if item}, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(subject)}(?!\w)", "[patient]", text)
    return _DATE.sub("[date]", text)
