"""The folders and options of a project."""
