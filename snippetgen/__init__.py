"""API request snippets in every language. Each one is executed before it is published."""
