"""The gallery over HTTP under the program's own security policy, so that a real browser can use it."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import msgspec

from app.platform.http.security import CONTENT_SECURITY_POLICY
from app.platform.web import gallery
from app.platform.web.assets import BUILD_FOLDER
from app.platform.web.rendering import Renderer

MANY = 2_000
LONG_NAME = (
    "厦门市同安区闽南古厝文化旅游发展集团股份有限公司下属"
    "海峡两岸青年创业园区物业管理与信息技术运维服务中心第二分公司驻同安办事处"
)
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".webmanifest": "application/json"}


class ReceivedRequest(msgspec.Struct, frozen=True):
    """A form submission received by the server."""

    key: str
    body: bytes


class GallerySite:
    """Serves the gallery and records submissions; drops connections while `down`, responses while `losing_answers`."""

    def __init__(self, renderer: Renderer) -> None:
        self.renderer = renderer
        self.address = ""
        self.arrivals: list[ReceivedRequest] = []
        self.losing_answers = False
        self.down = False
        self.first_title = ""
        self.events: queue.Queue[str] = queue.Queue()

    def palette(self) -> str:
        """What the command palette offers."""
        entries = [entry for group in gallery.context()["workspace_places"] for entry in group["entries"]]
        places = [{**entry, "words": f"{entry['label']} {entry['key']}"} for entry in entries]
        actions = [{"href": "/hot-line", "label": "记录来电", "icon": "phone-call", "words": "记录来电 jlld"}]
        return self.renderer.page("navigation/palette.html", {"palette": {"places": places, "actions": actions}})

    def page(self, path: str, theme: str, target: str) -> str:
        """A gallery page by name, or the workspace with its list, or a ticket in its panel."""
        context = {**gallery.context(), "theme": theme}
        if path == "/many":
            context["tickets"] = [
                {**context["tickets"][number % 6], "number": f"FW-20261119-{number:04}", "client": LONG_NAME}
                for number in range(MANY)
            ]
            return self.renderer.page(gallery.PAGES["workspace"], context | {"record": None})
        if path.startswith("/tickets"):
            context["live_source"] = "/live"
            if self.first_title:
                context["tickets"][0]["title"] = self.first_title
            shown = next((ticket for ticket in gallery.context()["tickets"] if path.endswith(ticket["number"])), None)
            context["shown_ticket"] = shown
            if target == "panel":
                return self.renderer.block(gallery.PAGES["workspace"], "panel", context)
            return self.renderer.page(gallery.PAGES["workspace"], context)
        return self.renderer.page(gallery.PAGES[path.strip("/").split("/")[0]], context)


def _handler(site: GallerySite) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if site.down:
                self.close_connection = True
                return None
            path = urlsplit(self.path).path
            if path == "/live":
                return self._stream()
            if path == "/navigation/counts":
                return self._answer(b'{"tickets": 4}', "application/json")
            if path == "/navigation/palette":
                return self._answer(site.palette().encode(), "text/html")
            name = path.rsplit("/", 1)[-1]
            if path.startswith("/static/build/") or path == "/sw.js":
                file = BUILD_FOLDER / name
                return self._answer(file.read_bytes(), TYPES[file.suffix])
            if not (path == "/many" or path.startswith("/tickets") or path.split("/")[1] in gallery.PAGES):
                return self._answer("没有这一页".encode(), "text/html", status=404)
            cookies = SimpleCookie(self.headers.get("cookie", ""))
            theme = cookies["theme"].value if "theme" in cookies else "auto"
            return self._answer(site.page(path, theme, self.headers.get("hx-target", "")).encode(), "text/html")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            site.arrivals.append(ReceivedRequest(self.headers.get("idempotency-key", ""), body))
            if site.losing_answers:
                self.close_connection = True
                return
            self.send_response(303)
            self.send_header("location", "/follow")
            self.end_headers()

        def _stream(self) -> None:
            """One event stream; an empty message ends it."""
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            self.wfile.flush()
            while message := site.events.get():
                self.wfile.write(f"data: {message}\n\n".encode())
                self.wfile.flush()
            self.close_connection = True

        def _answer(self, body: bytes, kind: str, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("content-type", f"{kind}; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.send_header("content-security-policy", CONTENT_SECURITY_POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    return Handler


@contextmanager
def gallery_site(renderer: Renderer) -> Iterator[GallerySite]:
    """The server on a free local port, within the context."""
    site = GallerySite(renderer)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    server.daemon_threads, server.block_on_close = True, False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    site.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
