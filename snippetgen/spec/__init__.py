"""Spec files in YAML: what an author may write, what it means (`Spec`), and what is wrong with it."""
