"""Errors of servers, ports and directories; each message says what helps."""


class EmbeddedError(Exception):
    """A server or child process did not do what was asked; the message says what helps."""


class AlreadyRunning(EmbeddedError):
    """Another supervisor holds this state directory."""


class ChildEnded(EmbeddedError):
    """A child process that had to keep running has ended."""


class PortTaken(EmbeddedError):
    """Somebody else listens on the port that was asked for by number."""
