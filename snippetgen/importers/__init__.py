"""Requests that were written elsewhere become specs."""
