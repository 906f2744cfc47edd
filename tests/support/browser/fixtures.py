"""A real Chromium, the built site, and a page that fails its test when the browser has anything to complain about.

A plugin of every run: it imports a driver only when a test asks for a browser.
"""

import os
import shutil
from pathlib import Path

import pytest

import chromium
import serve
from support.browser.engines import fleet
from support.browser.lent import Lender
from support.browser.pages import ROOT, SITE, true_in
from support.left_out import in_a_browser, missing


@pytest.fixture(scope="session")
def playwright():
    """Playwright, running."""
    from playwright.sync_api import Page, sync_playwright

    Page.wait_for_function = true_in  # Playwright's own calls eval, which a page's policy refuses
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright):
    """Chromium, running."""
    path = chromium.installed()
    assert path, chromium.HELP
    browser = playwright.chromium.launch(executable_path=path, args=chromium.arguments())
    yield browser
    browser.close()


@pytest.fixture(scope="session", params=fleet.NAMES)
def engine(request):
    """Each engine, running: what is asked of it is asked of all three."""
    if request.param not in fleet.wanted():
        pytest.skip(f"ENGINES does not ask for {request.param}")
    running = fleet.start(request.param, request.getfixturevalue("playwright"))
    if running is None:
        pytest.skip(f"no {request.param} on this machine")
    yield running
    running.close()


@pytest.fixture(scope="module")
def empty_tab(engine, serve_folder, tmp_path_factory):
    """An empty page in each engine, for what only computes: it imports the widgets' modules from /widgets/."""
    from softmaxlab.widgets._runtime.modules import WIDGETS

    folder = tmp_path_factory.mktemp("empty")
    for module in WIDGETS.glob("*/*.js"):
        copy = folder / "widgets" / module.relative_to(WIDGETS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(module, copy)
    (folder / "index.html").write_text('<!doctype html><link rel="icon" href="data:,"><title>Empty</title>', "utf-8")
    tab = engine.open()
    tab.goto(f"{serve_folder(folder)}/index.html")
    yield tab
    tab.close()
    assert tab.complaints == []


@pytest.fixture(scope="session")
def serve_folder():
    """Serve a folder; returns its address, without a slash at the end."""
    servers = []

    def start(folder, prefix=""):
        server, address = serve.start(Path(folder), prefix=prefix)
        servers.append(server)
        return address

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def site_address(serve_folder):
    """The built book's address."""
    if not (SITE / "index.html").exists():
        missing("the book is not built: jupyter-book build . or make build")
    return serve_folder(SITE)


@pytest.fixture(scope="session")
def lender(browser):
    """One page for many tests, as long as none leaves anything in it."""
    lender = Lender(browser)
    yield lender
    lender.throw_away()


@pytest.fixture
def page(lender, request):
    """A page that knows nothing of any test before; its complaints fail the test."""
    lent, failed = lender.lend(), request.session.testsfailed
    yield lent
    complaints = lender.take_back(lent) if request.session.testsfailed == failed else lender.throw_away()
    assert complaints == []


@pytest.fixture(scope="module")
def served_folder(tmp_path_factory, serve_folder):
    """A folder and its address: one server for all tests of a file."""
    folder = tmp_path_factory.mktemp("pages")
    return folder, serve_folder(folder)


@pytest.fixture
def folder_and_address(served_folder):
    """A folder of a test's own, and the address of the page in it."""
    folder, address = served_folder
    own = folder / str(len(list(folder.iterdir())))
    own.mkdir()
    return own, f"{address}/{own.name}/index.html"


@pytest.fixture
def show_widgets(page, folder_and_address):
    """Open a page that holds these widgets, alive."""
    from softmaxlab.widgets import LogitExplorer
    from support.browser.harness import widget_page

    folder, address = folder_and_address

    def opened(*widgets, width=1280, fragment="", **options):
        widget_page(folder, *(widgets or (LogitExplorer(),)), **options)
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address + fragment)
        for mount in page.locator(".sl-mount").all():
            mount.locator(".sl-widget:not(.is-still)").wait_for()
        return page

    return opened


@pytest.fixture(scope="session")
def axe_source():
    """The accessibility checker, to be added to a page."""
    path = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if not path.exists():
        missing("no axe-core: python tools/npm.py . ci")
    return path.read_text(encoding="utf-8")


def pytest_collection_modifyitems(items):
    """Mark what drives a browser, by where it stands; a test that asks for one and stands elsewhere is an error."""
    for item in items:
        if in_a_browser(item.path):
            item.add_marker(pytest.mark.browser)
        elif {"playwright", "engine"} & set(getattr(item, "fixturenames", ())):
            raise pytest.UsageError(f"{item.nodeid} drives a browser: let the name of its file begin with test_browser")


def pytest_report_header():
    return f"site: {SITE.relative_to(ROOT)}, browser: {os.environ.get('CHROMIUM', 'as found')}"
