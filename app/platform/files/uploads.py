"""The inspection queue for uploads of one process: one file at a time, in a thread, tenants in turn."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from app.platform.files.errors import FileTooLarge
from app.platform.files.inspection import MAX_UPLOAD_BYTES, SafeFile, inspect_upload

Sender = tuple[UUID, UUID | None]
"""Tenant and session."""


class FairQueue:
    """One at a time. Companies take turns, and within a company its people: whoever sends a hundred pictures makes
    others wait for the one that is being looked at, and for no more."""

    def __init__(self) -> None:
        self._busy = False
        self._waiting: dict[UUID, dict[UUID | None, deque[asyncio.Future[None]]]] = {}

    @asynccontextmanager
    async def turn(self, sender: Sender) -> AsyncIterator[None]:
        """Wait for one's turn, and have it."""
        if self._busy:
            await self._wait(sender)
        self._busy = True
        try:
            yield
        finally:
            self._busy = self._call_next()

    async def _wait(self, sender: Sender) -> None:
        company, person = sender
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(company, {}).setdefault(person, deque()).append(called)
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():
                self._busy = self._call_next()
            raise

    def _call_next(self) -> bool:
        """Whether somebody was called. Company and person then go to the end of their lines."""
        while self._waiting:
            company = next(iter(self._waiting))
            people = self._waiting.pop(company)
            person = next(iter(people))
            line = people.pop(person)
            called = line.popleft()
            if line:
                people[person] = line
            if people:
                self._waiting[company] = people
            if not called.done():
                called.set_result(None)
                return True
        return False


class UploadInspector:
    """Makes uploads safe. The largest photo takes some seconds of a core and 200 MB, so they queue."""

    def __init__(self) -> None:
        self._turns = FairQueue()

    async def take(self, data: bytes, declared_name: str, sender: Sender, *, tax_documents: bool = False) -> SafeFile:
        """
        Raises:
            FileRefused: the subclass says why.
        """
        if len(data) > MAX_UPLOAD_BYTES:
            raise FileTooLarge(limit_megabytes=MAX_UPLOAD_BYTES // 1_000_000)
        async with self._turns.turn(sender):
            return await asyncio.to_thread(inspect_upload, data, declared_name, tax_documents=tax_documents)
