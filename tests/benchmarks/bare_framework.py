"""The bare framework: Litestar answering a small struct, nothing else."""

import msgspec
from litestar import Litestar, get


class Nothing(msgspec.Struct):
    """A small answer."""

    ok: bool = True


@get("/nothing")
async def nothing() -> Nothing:
    """Do nothing, quickly."""
    return Nothing()


application = Litestar([nothing], openapi_config=None, logging_config=None)
