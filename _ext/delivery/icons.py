"""Cut the theme's icon fonts down to the icons the built pages show.

Font Awesome's files hold two thousand icons; a page of this book shows about twenty. A subset font, and a style sheet
without the rules for the rest, weigh a hundredth.
"""

import re
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

ICON_RULE = re.compile(r'((?:\.fa-[a-z0-9-]+:before,?)+)\{content:"(\\[0-9a-f]+|[^"]{1,2})"\}')
ICON_NAME = re.compile(r"\bfa-[a-z0-9-]+")
UNUSED_SOURCE = re.compile(r',url\([^)]+\.ttf\)\s*format\("truetype"\)')


def codepoint(content: str) -> int:
    """Return the character a rule's `content` stands for."""
    return int(content[1:], 16) if content.startswith("\\") else ord(content[-1])


def keep_used_rules(css: str, used: set[str]) -> tuple[str, set[int]]:
    """Drop the rules of icons no page names; return the style sheet and the characters that stay."""
    kept: set[int] = set()

    def decide(rule: re.Match) -> str:
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


def subset(font_file: Path, characters: set[int]) -> None:
    """Rewrite one font with only these characters."""
    options = Options()
    options.flavor = "woff2"
    font = load_font(str(font_file), options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    save_font(font, str(font_file), options)


def slim(app: Sphinx, exception: Exception | None) -> None:
    """Slim the icon fonts of a finished build."""
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    sheet = static / "styles" / "pydata-sphinx-theme.css"
    css = sheet.read_text(encoding="utf-8")
    if not UNUSED_SOURCE.search(css):  # an incremental build: the theme's files were not copied again
        return
    readers = [*Path(app.outdir).rglob("*.html"), static / "scripts" / "pydata-sphinx-theme.js"]
    used = {name for reader in readers for name in ICON_NAME.findall(reader.read_text(encoding="utf-8"))}
    css, characters = keep_used_rules(css, used)
    sheet.write_text(UNUSED_SOURCE.sub("", css), encoding="utf-8")
    fonts = static / "vendor" / "fontawesome" / "webfonts"
    for font in fonts.glob("*.woff2"):
        subset(font, characters)
    for font in fonts.glob("*.ttf"):
        font.unlink()


def setup(app: Sphinx) -> dict:
    """Run when every page is written."""
    app.connect("build-finished", slim)
    return {"parallel_read_safe": True}
