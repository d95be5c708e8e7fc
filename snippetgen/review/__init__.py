"""Two states of a project in, what changed between them out."""
