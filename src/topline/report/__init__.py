"""How results are shown; no statistic is computed here."""
