"""`python -m app.platform.embedded stop`: end what a demo of this checkout left running."""

import sys

from app.platform.embedded.errors import EmbeddedError
from app.platform.embedded.state import state_directories
from app.platform.embedded.supervisor import stop_everything


def main(arguments: list[str]) -> int:
    """Run the one command there is; the exit code."""
    if arguments != ["stop"]:
        sys.stderr.write("usage: python -m app.platform.embedded stop\n")
        return 2
    try:
        stopped = [stop_everything(directory) for directory in state_directories()]
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("stopped\n" if any(stopped) else "nothing was running\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
