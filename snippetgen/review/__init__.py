"""Compares two states of a project and shows what changed between them."""
