"""The little language: what a formula is, how one is written, what it may not say, and how it prints itself."""
