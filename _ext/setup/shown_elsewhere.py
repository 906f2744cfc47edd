"""Write all pages anew when something changes that other pages show: a title, a number, a label, a term, a source.

Sphinx writes the pages that were read, and those that include them. The sidebar of every page shows titles, and a
reference the number of an equation in another chapter: without this, they would stay as they were until the next build
from clean.
"""

import hashlib

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.typing import ExtensionMetadata

from moments import LAST


def face(env: BuildEnvironment) -> str:
    """Return a hash of all that a page may show of another one."""
    domains = env.domaindata
    shown = [
        {page: title.astext() for page, title in env.titles.items()},
        env.toc_secnumbers,
        env.toc_fignumbers,
        *(domains["std"].get(name, {}) for name in ("labels", "anonlabels", "objects")),
        domains["math"].get("objects", {}),
        [(each.key, each.citation_id) for each in domains.get("cite", {}).get("citations", [])],
    ]
    told = [sorted(map(repr, each.items() if isinstance(each, dict) else each)) for each in shown]
    return hashlib.sha256(repr(told).encode()).hexdigest()


class KnownPages(BuildEnvironment):
    """What is known of the pages; from the last build, what they showed of each other."""

    shown_elsewhere: str


def others(app: Sphinx, env: KnownPages) -> list[str]:
    """Return the pages to write: all of them, if what they show of each other is not what it was."""
    before, env.shown_elsewhere = getattr(env, "shown_elsewhere", None), face(env)
    return sorted(env.found_docs) if before not in (None, env.shown_elsewhere) else []


def setup(app: Sphinx) -> ExtensionMetadata:
    """Run when all numbers are known: Sphinx gives them out when it asks what else is to be written."""
    app.connect("env-get-updated", others, priority=LAST)
    return {"parallel_read_safe": True, "env_version": 1}
