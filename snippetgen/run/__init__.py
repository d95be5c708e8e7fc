"""Runs a snippet, and records what it printed and what it sent: toolchains, sandbox and mock."""
