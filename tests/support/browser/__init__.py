"""What the tests in a browser share: the fixtures, the pages, and what is asked of them."""
