"""An address that names no file is answered with the site's own page and status 404, whatever it looks like."""

import http.client
import importlib.util
from pathlib import Path
from urllib.parse import urlsplit

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "serve.py"


@pytest.fixture
def ask_server(tmp_path):
    """Serve a small site below /repo; return a function that asks for an address."""
    (tmp_path / "index.html").write_text("home", encoding="utf-8")
    (tmp_path / "404.html").write_text("<html><head></head>not here</html>", encoding="utf-8")
    (tmp_path / "chapters").mkdir()
    spec = importlib.util.spec_from_file_location("serve", TOOL)
    serve = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(serve)
    server, address = serve.start(tmp_path, prefix="/repo")

    def answer(path, method="GET", headers=()):
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        connection._validate_path = lambda path: None  # addresses that no client of good manners would send
        connection.request(method, path, headers=dict(headers))
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, body

    yield answer
    server.shutdown()
    server.server_close()


ADDRESSES = [
    "/%00",
    "/%ff%fe",
    "/a%0d%0ab",
    "/" + "x" * 5000,
    "/chapters/",
    "/a/b/c/d.html",
    "/%5C..%5C",
    "/x?y=%00",
    "/[",
    "/%",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_such_file_is_404_with_the_page_of_the_site(ask_server, address, capfd):
    status, body = ask_server("/repo" + address)
    assert status == 404
    assert b"not here" in body
    assert b'<base href="/repo/">' in body
    assert capfd.readouterr().err == ""  # no traceback


def test_a_server_goes_on_after_a_malformed_address(ask_server):
    ask_server("/repo/%00")
    assert ask_server("/repo/") == (200, b"home")


def test_a_head_request_has_no_body(ask_server):
    assert ask_server("/repo/nothing", method="HEAD") == (404, b"")


def test_an_address_outside_the_site_is_404(ask_server):
    assert ask_server("/elsewhere")[0] == 404
