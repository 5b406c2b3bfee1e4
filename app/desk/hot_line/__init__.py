"""The hot-line: a call becomes a ticket while the caller talks, or waits until it is known whose it was."""

from app.desk.hot_line.service import Call, HotLineService
from app.desk.hot_line.unknown_callers import UnknownCallerCreate, UnknownCallers, WaitingCaller

__all__ = ["Call", "HotLineService", "UnknownCallerCreate", "UnknownCallers", "WaitingCaller"]
