"""What was sent in, verdict out: scenarios, the judge, and what is remembered."""
