"""Let a fork's Binder and repository buttons point at the fork: GitHub Actions names the repository it builds."""

import os

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.typing import ExtensionMetadata


def use_building_repository(app: Sphinx, config: Config) -> None:
    """Replace the configured repository by the one GitHub Actions is building."""
    name = os.environ.get("GITHUB_REPOSITORY")
    if name:
        server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
        config.html_theme_options["repository_url"] = f"{server}/{name}"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Run before the theme reads its options."""
    app.connect("config-inited", use_building_repository)
    return {"parallel_read_safe": True}
