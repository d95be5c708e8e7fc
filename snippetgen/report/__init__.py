"""Reports verdicts to people and to machines."""
