"""Finds the folders and options of a project."""
