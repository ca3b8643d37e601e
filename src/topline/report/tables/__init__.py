"""The tables of a report: a table model, a builder for each kind of analysis, and CSV."""

from topline.report.tables.build import build_tables
from topline.report.tables.csv_text import to_csv
from topline.report.tables.model import Column, Row, Table

__all__ = ["Column", "Row", "Table", "build_tables", "to_csv"]
