"""Turns captures into verdicts: scenarios, the judge, and the store of passes."""
