"""What others wrote requests in, read as drafts of specs: one module, or a few nouns, for each format."""
