"""Displays of the pages, changed: harmlessly, by one sign, or as somebody slips."""
