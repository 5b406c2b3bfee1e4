"""The way in for uploads of a process: one at a time is looked at, in a thread."""

import asyncio

from app.files.errors import FileTooLarge
from app.files.inspection import MOST_BYTES, SafeFile, inspect_upload


class UploadDesk:
    """Makes uploads safe. The largest photo takes some seconds of a core and 200 MB, so they queue."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Semaphore(1)

    async def take(self, data: bytes, declared_name: str) -> SafeFile:
        """
        Raises:
            FileRefused: the subclass says why.
        """
        if len(data) > MOST_BYTES:
            raise FileTooLarge(limit_megabytes=MOST_BYTES // 1_000_000)
        async with self._one_at_a_time:
            return await asyncio.to_thread(inspect_upload, data, declared_name)
