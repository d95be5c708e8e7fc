"""Turns specs and verdicts into a site: its pages, the files for machines, the site builder, and the preview."""
