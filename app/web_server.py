"""The web server: a main process that holds the port, and worker processes (`python -m app.web_server`).

The server is granian. Added here: a worker that dies is replaced; before a stop the workers get `STOP_SIGNAL`, so that
open streams end and pending requests are answered; a worker ends when its main process is killed, so that no old code
goes on answering.
"""

import argparse
import contextlib
import os
import signal
from typing import Any, Final

from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server.mp import MPServer

from app.platform.kernel.process_shutdown import PARENT_VARIABLE, STOP_SIGNAL, end_with_parent

LONGEST_STOP_SECONDS: Final = 30
"""A worker that has not answered what it was asked by then is killed."""


class _Server(MPServer):
    """Granian's server, which tells its workers before it stops them."""

    def _spawn_worker(self, *given: Any, **named: Any) -> Any:
        worker: Any = super()._spawn_worker(*given, **named)
        stop = worker.terminate

        def terminate() -> None:
            worker.interrupt_by_parent = True
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker.inner.pid, STOP_SIGNAL)
            stop()

        worker.terminate = terminate
        return worker


def serve(host: str, port: int, workers: int, log_level: str = "warning") -> None:
    """Serve pages and API until SIGTERM or SIGINT."""
    end_with_parent(signal.SIGTERM)
    os.environ[PARENT_VARIABLE] = str(os.getpid())
    _Server(
        "app.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        loop=Loops.uvloop,
        websockets=False,
        factory=True,
        log_level=LogLevels(log_level),
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=LONGEST_STOP_SECONDS,
    ).serve()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="app.web_server")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    serve(given.host, given.port, given.workers)


if __name__ == "__main__":
    main()
