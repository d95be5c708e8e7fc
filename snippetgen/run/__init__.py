"""Running a snippet, and recording what it printed and what it sent: toolchains, sandbox and mock."""
