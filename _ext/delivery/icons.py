"""Cut the theme's icon fonts down to the icons the built pages show.

Font Awesome's files hold two thousand icons; a page of this book shows about twenty. A subset font, and a style sheet
without the rules for the rest, weigh a hundredth. The theme has no option for it. Its style sheet is the one place that
tells which character an icon is, so a pattern reads it there, and fails if it finds too few.
"""

import io
import re

from fontTools.subset import Options, Subsetter, load_font, save_font
from sphinx.errors import ExtensionError

from .site import STATIC, Site

ICON_RULE = re.compile(r'((?:\.fa-[a-z0-9-]+:before,?)+)\{content:"(\\[0-9a-f]+|[^"]{1,2})"\}')
ICON_NAME = re.compile(r"\bfa-[a-z0-9-]+")
UNUSED_SOURCE = re.compile(r',url\([^)]+\.ttf\)\s*format\("truetype"\)')

SHEET = f"{STATIC}/styles/pydata-sphinx-theme.css"
SCRIPT = f"{STATIC}/scripts/pydata-sphinx-theme.js"
FONTS = f"{STATIC}/vendor/fontawesome/webfonts"


def codepoint(content: str) -> int:
    """Return the character a rule's `content` stands for."""
    return int(content[1:], 16) if content.startswith("\\") else ord(content[-1])


def keep_used_rules(css: str, used: set[str]) -> tuple[str, set[int]]:
    """Drop the rules of icons no page names; return the style sheet and the characters that stay."""
    kept: set[int] = set()

    def decide(rule: re.Match[str]) -> str:
        if used.isdisjoint(ICON_NAME.findall(rule[1])):
            return ""
        kept.add(codepoint(rule[2]))
        return rule[0]

    css, rules = ICON_RULE.subn(decide, css)
    if rules < 1000 or not kept:
        raise ExtensionError(
            f"found {rules} icon rules in the theme's style sheet, {len(kept)} in use: has its form changed?"
        )
    return css, kept


def subset(font_file: bytes, characters: set[int]) -> bytes:
    """Return a font with only these characters."""
    options = Options()
    options.flavor = "woff2"
    font = load_font(io.BytesIO(font_file), options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    small = io.BytesIO()
    save_font(font, small, options)
    return small.getvalue()


def slim(site: Site) -> None:
    """Slim the icon fonts of a finished build."""
    readers = [*site.pages.values(), site.text(SCRIPT)]
    used = {name for reader in readers for name in ICON_NAME.findall(reader)}
    css, characters = keep_used_rules(site.text(SHEET), used)
    site.write(SHEET, UNUSED_SOURCE.sub("", css))
    for font in site.below(FONTS):
        if font.endswith(".woff2"):
            site.write(font, subset(site.read(font), characters))
        elif font.endswith(".ttf"):
            site.remove(font)
