"""Turns specs and verdicts into a site: its pages, the files for machines, the run of the site builder, and the preview."""
