"""Creates new projects and new specs."""
