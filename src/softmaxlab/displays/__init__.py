"""What the book's pages display, read as it stands: held to numbers, to the proofs, and to a reviewed reading."""
