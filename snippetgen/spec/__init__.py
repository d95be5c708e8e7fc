"""Defines what a spec may contain, turns it into a `Spec`, and reports what is wrong with it."""
