"""What the book's pages display, read as it stands and compared with numbers, proofs, and reviewed readings."""
