"""A small supervised program for the tests: both servers and one child, as a demo starts them.

Usage: python -m tests.embedded.program STATE web|crash. It prints `ready` once its child answers.
"""

import sys
from pathlib import Path

from app.platform.embedded.errors import EmbeddedError
from app.platform.embedded.ports import free_port
from app.platform.embedded.supervisor import Child, Supervisor

# A web process with a child of its own, as a web server has workers; both ignore nothing.
WEB = """
import http.server, subprocess, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *arguments):
        pass
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("web is up", flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""
CRASH = "print('cannot go on'); raise SystemExit(3)"


def main(state: Path, kind: str) -> int:
    """Run until told to stop; 1 when the child ended by itself."""
    port = free_port()
    with Supervisor(state) as supervisor:
        supervisor.start_servers()
        script = WEB if kind == "web" else CRASH
        try:
            supervisor.start_child(Child(kind, [sys.executable, "-c", script, str(port)]))
            supervisor.wait_ready(f"http://127.0.0.1:{port}/health/ready")
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            supervisor.watch()
        except EmbeddedError as error:
            sys.stdout.write(f"{error}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
