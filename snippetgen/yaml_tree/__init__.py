"""Reads YAML text as a tree that records the place of every value, and checks the shape of the tree."""
