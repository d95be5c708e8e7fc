"""Requests of other formats in, specs out: one room for each format."""
