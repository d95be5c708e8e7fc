"""`Request` and language in, `Snippet` out."""
