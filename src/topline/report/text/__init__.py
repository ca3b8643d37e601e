"""Sentences of the report: what was found and how it was done, each number read from a result row."""

from topline.report.text.headline import headline_paragraphs
from topline.report.text.methods import methods_paragraphs

__all__ = ["headline_paragraphs", "methods_paragraphs"]
