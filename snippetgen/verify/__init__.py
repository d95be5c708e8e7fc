"""Verification: captures become verdicts, with scenarios, the judge, and the store of passes."""
