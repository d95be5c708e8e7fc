"""YAML text as a tree that records the place of every value, and the shapes that a tree must have."""
