"""Every Python process of a shifted run begins with this: libfaketime 0.9.10 (Debian 12) mistakes the monotonic moment
that `time.sleep` waits for as one of the calendar, and refuses it. Waiting by `select` is waiting all the same."""

import select
import time


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


time.sleep = _sleep  # type: ignore[assignment]  # the original is typed more narrowly
