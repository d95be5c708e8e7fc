"""Reads what a language folder says: its manifest, and the names that its programs act on."""
