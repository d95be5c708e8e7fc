"""A snippet in, what it printed and what it sent out: toolchains, sandbox and mock."""
