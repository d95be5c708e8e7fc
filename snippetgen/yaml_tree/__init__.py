"""YAML text as a tree that knows the place of everything in it, and the shapes that a tree must have."""
