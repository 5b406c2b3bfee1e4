"""The process. Usage: python -m tests.fakes.stripe; its first line of output is its address, it ends with its input."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.fakes.stripe.controls import CONTROLS, WITHOUT_LOCK, post_what_is_due
from tests.fakes.stripe.errors import Object, Refusal
from tests.fakes.stripe.service import Asked, Service, Unanswered

CONTROL = "/_control/"


def handler_of(service: Service) -> type[BaseHTTPRequestHandler]:
    """What answers a connection."""

    class Handler(BaseHTTPRequestHandler):
        # HTTP/1.0: every answer ends its connection, so that no client of a test is left with an open one.

        def handle_request(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            if self.path.startswith(CONTROL):
                status, answer = _controlled(service, urlsplit(self.path).path.removeprefix(CONTROL), json.loads(body))
                self.say(status, answer, {})
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command.lower(), self.path, headers, body.decode())
            try:
                self.say(*service.respond(asked))
            except Unanswered:
                self.close_connection = True

        do_GET = do_POST = do_DELETE = handle_request  # noqa: N815  # the library's names

        def say(self, status: int, answer: object, headers: dict[str, str]) -> None:
            document = json.dumps(answer, ensure_ascii=False).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(document)))
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name for it
            """Keep the tests' output quiet."""

    return Handler


def _controlled(service: Service, name: str, said: Object) -> tuple[int, object]:
    if name == "new_platform":
        with service.lock:
            made = service.new_platform()
        return 200, {"key": made.key, "account": made.own.id, "version": service.document.version}
    platform = service.platforms[said.pop("key")]
    try:
        if name in WITHOUT_LOCK:
            return 200, CONTROLS[name](service, platform, said)
        with service.lock:
            return 200, CONTROLS[name](service, platform, said)
    except Refusal as refused:
        return refused.status, refused.body


def main() -> None:
    """Serve until the test's process closes our input, or is gone."""
    service, stopped = Service(), threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(service))
    server.daemon_threads = True
    threading.Thread(target=post_what_is_due, args=(service, stopped), daemon=True).start()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    stopped.set()
    server.shutdown()


if __name__ == "__main__":
    main()
