"""Renders a `Request` in a language as a `Snippet`."""
