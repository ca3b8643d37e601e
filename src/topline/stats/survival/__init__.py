"""Time to event: one risk-set plan, and the estimators that read it."""
