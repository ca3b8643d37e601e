"""What the study is: the protocol's models, estimands, conditions, schedule and loader."""

from topline.study.load import load_protocol
from topline.study.problems import Finding, InputError
from topline.study.protocol import Protocol

__all__ = ["Finding", "InputError", "Protocol", "load_protocol"]
