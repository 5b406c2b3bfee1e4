"""Ports of the loopback interface."""

import socket

from app.platform.embedded.errors import PortTaken

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port nobody listens on at this moment, chosen by the system."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether one could listen on `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def first_free_port(preferred: int, *, tries: int = 20, host: str = LOOPBACK) -> int:
    """The preferred port or the next free one after it.

    Raises PortTaken when all `tries` ports are in use.
    """
    for port in range(preferred, min(preferred + tries, 65536)):
        if is_free(port, host):
            return port
    raise PortTaken(f"ports {preferred} to {preferred + tries - 1} are all taken; name another with --port")


def required_port(port: int, host: str = LOOPBACK) -> int:
    """`port` itself, which a person asked for by number.

    Raises PortTaken when somebody else listens there.
    """
    if not is_free(port, host):
        raise PortTaken(f"port {port} is taken; end the program that listens there or name another port")
    return port
