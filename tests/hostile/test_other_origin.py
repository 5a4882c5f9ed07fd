"""What a page of another origin gets from the ports of this machine, in the browser of our own account."""

import http.client
import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, NAMES
from tests.support.listeners import Door, doors
from tests.support.system import System

pytestmark = [pytest.mark.hostile, pytest.mark.timeout(180)]

DAPR = ("daprd", "placement", "scheduler")
REBOUND = "rebound.example"  # a name that a page's owner makes to mean this machine after the page was loaded
ALL_KEYS = json.dumps({"key": "AA==", "range_end": "AA=="})
READ = "POST", "/v3/kv/range"
# Asks without credentials and in every way that needs no leave; what can be read of the answers.
FETCH = """
async ([port, method, path, body]) => {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method, body: method === 'GET' ? undefined : body, headers: {'content-type': 'text/plain'},
      signal: AbortSignal.timeout(3000),
    });
    return `${answer.status} ${(await answer.text()).slice(0, 200)}`;
  } catch (error) { return '' }
}
"""
SOCKET = """
([port, path, body]) => new Promise((done) => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  socket.onopen = () => socket.send(body);
  socket.onmessage = (message) => done(String(message.data).slice(0, 200));
  socket.onclose = () => done('');
  setTimeout(() => done(''), 3000);
})
"""


class _Elsewhere(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>elsewhere</title>")

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page that somebody else serves."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium: install the package `chromium`")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    rebound = f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found, args=[*ARGUMENTS, rebound])
            opened = browser.new_context().new_page()
            opened.goto(f"http://127.0.0.1:{server.server_port}/")
            yield opened
            browser.close()
    finally:
        server.shutdown()
        server.server_close()


def asked(port: int, method: str, path: str, body: str = "", host: str = "127.0.0.1") -> tuple[int, bytes]:
    """What a program of our own account is answered."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, path, body or None, {"Host": f"{host}:{port}"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def etcd_port(system: System) -> int:
    port: int = json.loads(system.data.ports.read_text())["scheduler_etcd"]
    return port


def test_it_reads_nothing_from_any_port(system: System, page: Page) -> None:
    tries = (("GET", "/"), ("GET", "/metrics"), ("GET", "/version"), ("GET", "/health/live"), READ)
    read = {
        (door, method, path): told
        for door in doors(system)
        for method, path in tries
        if (told := page.evaluate(FETCH, [door.port, method, path, ALL_KEYS]))
    }
    assert read == {}


def test_etcd_has_no_gateway_for_a_page_to_read_or_delete_with(system: System, page: Page) -> None:
    port = etcd_port(system)
    assert asked(port, "GET", "/health")[0] == 200, "it is etcd's port"
    for path in (
        "/v3/kv/range",
        "/v3/kv/deleterange",
        "/v3/lease/leases",
        "/v3/maintenance/snapshot",
        "/v3beta/kv/range",
    ):
        assert asked(port, "POST", path, ALL_KEYS)[0] == 404, path
    for path in ("/v3/watch", "/v3/lease/keepalive"):
        assert page.evaluate(SOCKET, [port, path, json.dumps({"create_request": {"key": "AA=="}})]) == ""


def test_a_name_that_was_made_to_mean_this_machine_reads_no_metrics(system: System, page: Page) -> None:
    told: dict[Door, str] = {}
    answering = 0
    for door in (door for door in doors(system) if door.process in DAPR):
        for path in ("/", "/metrics"):
            own = _status(door.port, path)
            answering += own == 200
            if own == 200 and (body := _rebound(page, door.port, path)):
                told[door] = body
    assert answering >= 4, "our own account reads the metrics of daprd, placement, scheduler and etcd"
    assert told == {}


def _status(port: int, path: str) -> int:
    try:
        return asked(port, "GET", path)[0]
    except (OSError, http.client.HTTPException):
        return 0


def _rebound(page: Page, port: int, path: str) -> str:
    """What a tab reads that believes to be on the other's own site."""
    tab = page.context.new_page()
    try:
        answer = tab.goto(f"http://{REBOUND}:{port}{path}", timeout=5_000)
        return "" if answer is None or answer.status == http.client.MISDIRECTED_REQUEST else tab.content()[:200]
    finally:
        tab.close()
