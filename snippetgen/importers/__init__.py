"""Turns requests from other formats into specs; each format has its own module or folder."""
