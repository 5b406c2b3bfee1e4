"""A whole installation, empty, in the hands of the supervisor, as `./run demo` runs it.

Usage: python -m tests.chaos.program STATE. When it answers it writes the environment of its processes to
`STATE/ready.json`.
"""

import json
import os
import sys
from pathlib import Path

from app.demo.launcher import demo_environment, migrate, web_command
from app.platform.embedded import Child, Supervisor
from app.platform.embedded.ports import free_port

READY = "ready.json"
WEB_WORKERS = 2
PROCESSES = ("web", "worker", "relay")
"""In the order in which `processes.json` names them."""


def main(state: Path) -> None:
    """Run until told to stop."""
    with Supervisor(state) as supervisor:
        port = free_port()
        environment = {
            **demo_environment(supervisor.start_servers(), state, port),
            "YINGHUO_ENVIRONMENT": "test",
            "YINGHUO_LOG_FORMAT": "json",
            "YINGHUO_LOG_LEVEL": "INFO",
            "YINGHUO_REQUESTS_PER_MINUTE": "1000000",
            "YINGHUO_DATABASE_POOL_SIZE": "4",
        }
        os.environ.update(environment)
        migrate()
        program = [sys.executable, "-m", "app.cli"]
        commands = {
            "web": web_command("127.0.0.1", port, WEB_WORKERS),
            "worker": [*program, "worker", "--concurrency", "2"],
            "relay": [*program, "relay"],
        }
        for name in PROCESSES:
            supervisor.start_child(Child(name, commands[name]))
        supervisor.wait_ready(f"http://127.0.0.1:{port}/health/ready")
        unfinished = state / f"{READY}.unfinished"
        unfinished.write_text(json.dumps(environment))
        unfinished.rename(state / READY)
        supervisor.watch()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
