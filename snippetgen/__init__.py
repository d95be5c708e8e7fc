"""API request snippets in every language, each executed before it is published."""
