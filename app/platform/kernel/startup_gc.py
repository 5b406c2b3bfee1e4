"""The garbage collector during start-up: paused while the program is loaded, then told to ignore what was loaded."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_gc() -> Iterator[None]:
    """Pause the collector while modules are imported and the application is built (saves a fifth of that time), then
    freeze what was loaded, so that its memory pages stay shared with forked processes."""
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()
