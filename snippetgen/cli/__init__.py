"""The command line: `main`, and one module for each command that needs more than a screen."""
