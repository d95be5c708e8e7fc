"""Rendering: a `Request` and a language become a `Snippet`."""
