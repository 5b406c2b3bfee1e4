"""Waiting for a database that is not there yet: on a new machine or in a cluster it may come up after the program."""

import asyncio
import time
from typing import Final

import asyncpg

from app.platform.kernel.outages import outage_of

PAUSE_SECONDS: Final = 2.0
_ATTEMPT_SECONDS: Final = 5.0


class DatabaseAway(Exception):
    """It has not answered in time; the text is one sentence for the operator, without the address."""


async def wait_for_database(address: str, seconds: int) -> None:
    """Return when the database answers this role. What waiting does not mend (a wrong password, no such database) is
    not waited for.

    Args:
        address: SQLAlchemy's, of a role of the program.
        seconds: how long to wait at most.

    Raises:
        DatabaseAway: it did not answer in time, or refuses this role.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            connection = await asyncpg.connect(address.replace("+asyncpg", "", 1), timeout=_ATTEMPT_SECONDS)
        except (OSError, TimeoutError, asyncpg.PostgresError) as failure:
            if isinstance(failure, asyncpg.PostgresError) and outage_of(failure) is None:
                raise DatabaseAway(f"The database refuses: {type(failure).__name__}.") from failure
            if time.monotonic() >= until:
                raise DatabaseAway(f"The database has not answered within {seconds} seconds.") from failure
            await asyncio.sleep(PAUSE_SECONDS)
            continue
        await connection.close()
        return
