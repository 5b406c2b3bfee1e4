"""Shutdown of processes: the signal that announces it, and ending together with the parent process."""

import os
import signal
import threading
import time
from typing import Final

STOP_SIGNAL: Final = signal.SIGUSR1
"""Tells a web worker that it is about to be stopped: what stays open by itself shall end."""

PARENT_VARIABLE: Final = "YINGHUO_ENDS_WITH"
"""In the environment: the number of the process whose end is the end of those that it starts."""

_LOOK_SECONDS: Final = 0.5
_LAST_SECONDS: Final = 20.0


def end_with_parent(*signals: signal.Signals) -> None:
    """Have this process send itself `signals` when the one that `PARENT_VARIABLE` names is no longer its parent.

    A main process that was killed cannot stop anybody, and what it leaves behind would go on serving old code on the
    same port. Where the variable is not set nothing happens.
    """
    parent = os.environ.get(PARENT_VARIABLE, "")
    if parent.isdigit():
        threading.Thread(target=_follow, args=(int(parent), signals), name="parent", daemon=True).start()


def _follow(parent: int, signals: tuple[signal.Signals, ...]) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    for each in signals:
        os.kill(os.getpid(), each)
    time.sleep(_LAST_SECONDS)
    os._exit(1)
