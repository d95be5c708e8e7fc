"""The folders and the options of one project."""
