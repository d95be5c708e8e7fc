"""YAML in, `Spec` out: what an author may write, what it means, and what is wrong with it."""
