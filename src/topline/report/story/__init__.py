"""One patient's story: what was recorded, what follows from it, and which rule decided; for the terminal, never for what is shared."""

from topline.report.story.build import check_endpoint, check_subject, tell_story
from topline.report.story.model import Story

__all__ = ["Story", "check_endpoint", "check_subject", "tell_story"]
