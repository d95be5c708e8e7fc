"""New projects and new specs."""
