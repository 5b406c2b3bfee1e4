"""The program is loaded once and stays: nobody need look for garbage in it, neither meanwhile nor afterwards."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """The garbage collector rests while modules are imported and the application is built (a fifth of the time it
    takes), and never walks what was made again: its pages stay shared with processes that are forked."""
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()
