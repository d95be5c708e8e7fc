"""Specs and verdicts in, a site out: pages, what machines read, the site builder, and the preview."""
