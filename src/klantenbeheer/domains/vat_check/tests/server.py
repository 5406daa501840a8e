"""A server on this machine that speaks VIES' REST interface, with all that can go wrong."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

CONSULTATION = "WAPIAAAAY123456"


class Handler(BaseHTTPRequestHandler):
    """Answers by the number that is asked about: a dictionary from number to what happens; otherwise valid."""

    script: ClassVar[dict[str, Any]] = {}
    asked: ClassVar[list[dict[str, str]]] = []
    release: ClassVar[threading.Event] = threading.Event()
    url: ClassVar[str] = ""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """The interface's check-vat-number."""
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(question)
        number = question["countryCode"] + question["vatNumber"]
        wanted = self.script.get(number, self.script.get(question["countryCode"], "valid"))
        if isinstance(wanted, list):
            wanted = wanted.pop(0) if len(wanted) > 1 else wanted[0]
        if self.path != "/rest-api/check-vat-number":
            return self.send(404, b"<html>not here</html>")
        getattr(self, f"do_{wanted}", lambda question: self.error(wanted))(question)
        return None

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def error(self, code: str, status: int = 200) -> None:
        body = {"actionSucceed": False, "errorWrappers": [{"error": code}]}
        self.send(status, json.dumps(body).encode())

    def verdict(self, question: dict[str, str], **more: Any) -> None:
        body = {
            "countryCode": question["countryCode"], "vatNumber": question["vatNumber"], "valid": True,
            "requestDate": "2026-11-23T09:12:44.000Z", "name": "JANSEN INSTALLATIETECHNIEK B.V.",
            "address": "\nINDUSTRIEWEG 00012\n1234AB UTRECHT\n",
            "requestIdentifier": CONSULTATION if question.get("requesterNumber") else "",
            "traderName": "---", "traderNameMatch": "NOT_PROCESSED",
        }  # fmt: skip
        self.send(200, json.dumps(body | more).encode())

    def do_valid(self, question: dict[str, str]) -> None:
        self.verdict(question)

    def do_secretive(self, question: dict[str, str]) -> None:
        self.verdict(question, name="---", address="---")

    def do_other_name(self, question: dict[str, str]) -> None:
        self.verdict(question, name="PIETERSEN LOODGIETERS")

    def do_invalid(self, question: dict[str, str]) -> None:
        self.verdict(question, valid=False, name="---", address="---")

    def do_error_as_no(self, question: dict[str, str]) -> None:
        self.verdict(question, valid=False, userError="MS_UNAVAILABLE")

    def do_another_number(self, question: dict[str, str]) -> None:
        self.verdict(question, vatNumber="999999999")

    def do_without_verdict(self, question: dict[str, str]) -> None:
        self.verdict(question, valid="yes")

    def do_status_500(self, question: dict[str, str]) -> None:
        self.error("MS_UNAVAILABLE", 500)

    def do_garbage(self, question: dict[str, str]) -> None:
        self.send(200, b"<html>maintenance \xff\x00</html>")

    def do_nested(self, question: dict[str, str]) -> None:
        self.send(200, b"[" * 50_000)

    def do_empty(self, question: dict[str, str]) -> None:
        self.send(200, b"")

    def do_too_many(self, question: dict[str, str]) -> None:
        self.send(429, b"slow down")

    def do_redirect(self, question: dict[str, str]) -> None:
        self.send(302, b"", Location="http://169.254.169.254/latest/meta-data")

    def do_endless(self, question: dict[str, str]) -> None:
        self.send(200, b" " * 1_000_000)

    def do_cut(self, question: dict[str, str]) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "500")
        self.end_headers()
        self.wfile.write(b'{"valid": true')
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def do_cut_at_once(self, question: dict[str, str]) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def do_slow(self, question: dict[str, str]) -> None:
        self.release.wait(10)

    def do_dripping(self, question: dict[str, str]) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5000")
        self.end_headers()
        for _index in range(200):
            if self.release.wait(0.02):
                return
            self.wfile.write(b" ")
            self.wfile.flush()


@contextmanager
def vies_server() -> Iterator[type[Handler]]:
    """Serve on a free port of this machine; gives the handler, whose ``url`` is to be asked."""

    class Own(Handler):
        script: ClassVar[dict[str, Any]] = {}
        asked: ClassVar[list[dict[str, str]]] = []
        release: ClassVar[threading.Event] = threading.Event()

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that went away is part of the game."""

    server = Server(("127.0.0.1", 0), Own)
    Own.url = f"http://127.0.0.1:{server.server_port}/rest-api"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Own
    finally:
        Own.release.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def closed_port() -> int:
    """Give a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
