"""Chromium, Firefox and WebKit, driven alike."""
