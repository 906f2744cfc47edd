"""The pages of the built site, and how a reader opens one."""

from support.browser.pages import SITE, until, watch

WRITTEN = sorted(
    path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html") if "_static" not in path.relative_to(SITE).parts
)
MOVED = [page for page in WRITTEN if 'http-equiv="refresh"' in (SITE / page).read_text(encoding="utf-8")]
PAGES = [page for page in WRITTEN if page not in MOVED]
CHAPTERS = [page for page in PAGES if page.startswith("chapters/") or page in ("index.html", "errata.html")]


def open_page(browser, address, width=1280, theme="light", **options):
    """Open a page as a reader with this window and this system theme would; return it and its complaints."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, **options)
    page = context.new_page()
    complaints = watch(page)
    page.goto(address, wait_until="networkidle")
    return page, complaints


def every_widget_comes_alive(page):
    """The reader's first move wakes all that are far away."""
    page.keyboard.press("Tab")
    until(lambda: page.evaluate("[...document.querySelectorAll('.sl-mount')].every((m) => 'slReady' in m.dataset)"))
