"""The server behind `make serve` answers as a web host does, and keeps the terminal clean."""

import gzip
import http.client
import os
import socket
import struct
import threading
from pathlib import Path

import pytest

import serve

ROOT = Path(__file__).resolve().parents[2]

PAGE = "<p>" + "a page. " * 500 + "</p>"


@pytest.fixture
def folder_and_port(tmp_path):
    """A folder that is served, and the server's port."""
    for name in ("index.html", "chapters/one.html"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(PAGE, encoding="utf-8")
    (tmp_path / "big.bin").write_bytes(bytes(30_000_000))
    (tmp_path / "chapters" / "sub").mkdir()
    server, _ = serve.start(tmp_path)
    yield tmp_path, server.server_address[1]
    server.shutdown()
    server.server_close()


def get(port, path, method="GET", **headers):
    """Return status, headers and body of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body


def test_a_page_is_sent_compressed_to_who_takes_it(folder_and_port):
    _, headers, body = get(folder_and_port[1], "/", accept_encoding="br, gzip")
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body).decode() == PAGE
    assert headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("accepted", ["gzip;q=0", "gzip; q=0.0, br", "identity", "*;q=0", "", "gzip;q=x"])
def test_a_page_is_not_compressed_for_who_refuses_it(folder_and_port, accepted):
    _, headers, body = get(folder_and_port[1], "/", accept_encoding=accepted)
    assert headers["Content-Encoding"] is None
    assert body.decode() == PAGE
    assert headers["Vary"] == "Accept-Encoding"  # a cache must not give it to others


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_a_page_that_did_not_change_is_not_sent_again(folder_and_port, accepted):
    folder, port = folder_and_port
    _, first, _ = get(port, "/", accept_encoding=accepted)
    assert first["Last-Modified"]
    assert first["ETag"]
    for known in ({"if_none_match": first["ETag"]}, {"if_modified_since": first["Last-Modified"]}):
        status, again, body = get(port, "/", accept_encoding=accepted, **known)
        assert (status, body, again["ETag"]) == (304, b"", first["ETag"])
        assert again["Vary"] == "Accept-Encoding"
    (folder / "index.html").write_text("new", encoding="utf-8")
    os.utime(folder / "index.html", ns=(2 * 10**18, 2 * 10**18))
    for known in ({"if_none_match": first["ETag"]}, {"if_modified_since": first["Last-Modified"]}):
        status, _, _ = get(port, "/", accept_encoding=accepted, **known)
        assert status == 200


def test_a_page_that_changed_twice_in_a_second_is_sent_again(folder_and_port):
    folder, port = folder_and_port
    os.utime(folder / "index.html", ns=(10**18, 10**18))
    _, first, _ = get(port, "/")
    os.utime(folder / "index.html", ns=(10**18, 10**18 + 1000))
    status, _, _ = get(port, "/", if_none_match=first["ETag"], if_modified_since=first["Last-Modified"])
    assert status == 200


@pytest.mark.parametrize("date", ["yesterday", "Mon, 99 Nov 2026", "-1"])
def test_a_date_that_is_none_is_passed_over(folder_and_port, date):
    assert get(folder_and_port[1], "/", if_modified_since=date)[0] == 200


@pytest.mark.parametrize("path", ["/chapters/", "/chapters/sub/", "/chapters", "/chapters/sub", "/index.html/"])
def test_a_folder_is_not_listed(folder_and_port, path):
    status, _, body = get(folder_and_port[1], path)
    assert status == 404
    assert b"one.html" not in body


@pytest.mark.parametrize("path", ["/%00", "/a%00b.html", "/" + "x" * 5000])
def test_an_address_that_no_file_can_have_is_not_found(folder_and_port, path):
    assert get(folder_and_port[1], path)[0] == 404


def test_a_request_for_a_part_gets_the_whole_and_was_told_so(folder_and_port):
    status, headers, body = get(folder_and_port[1], "/big.bin", range="bytes=0-9")
    assert (status, headers["Accept-Ranges"], len(body)) == (200, "none", 30_000_000)
    assert headers["Content-Range"] is None


def test_a_head_has_the_length_of_the_page_and_no_body(folder_and_port):
    status, headers, body = get(folder_and_port[1], "/", method="HEAD")
    assert (status, int(headers["Content-Length"]), body) == (200, len(PAGE), b"")


def test_a_reader_who_leaves_in_the_middle_is_not_mentioned(folder_and_port, capfd):
    port = folder_and_port[1]
    before = set(threading.enumerate())
    for _ in range(5):
        left = socket.create_connection(("127.0.0.1", port))
        left.sendall(b"GET /big.bin HTTP/1.1\r\nHost: x\r\n\r\n")
        left.recv(1000)
        left.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, as a closed tab does
        left.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(30)
    assert get(port, "/")[0] == 200
    assert capfd.readouterr() == ("", "")


def test_any_other_error_is_shown(folder_and_port, capfd, monkeypatch):
    monkeypatch.setattr(serve.SiteHandler, "send_file", lambda self, path: 1 / 0)
    with pytest.raises(http.client.RemoteDisconnected):
        get(folder_and_port[1], "/")
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_an_idle_connection_is_closed(folder_and_port, monkeypatch):
    assert 1 <= serve.SiteHandler.timeout <= 120
    monkeypatch.setattr(serve.SiteHandler, "timeout", 0.2)
    with socket.create_connection(("127.0.0.1", folder_and_port[1]), timeout=30) as idle:
        idle.sendall(b"GET / HT")
        assert idle.recv(1000) == b""
