"""Passwords and PINs: argon2id, one cost for everything, and a dummy so that 'unknown' takes as long as 'wrong'."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

MINIMUM_LENGTH = 10


@cache
def _hasher(memory_kibibytes: int) -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=memory_kibibytes, parallelism=1)


class PasswordHashing:
    """Hashes off the event loop. `memory_kibibytes` is 19 MiB as OWASP advises; tests use less."""

    def __init__(self, memory_kibibytes: int = 19_456) -> None:
        self._hasher = _hasher(memory_kibibytes)
        self._dummy = self._hasher.hash("nobody has this password")

    async def hash(self, secret: str) -> str:
        return await asyncio.to_thread(self._hasher.hash, secret)

    async def verify(self, kept: str | None, given: str) -> bool:
        """Whether `given` is the secret behind `kept`. With no `kept` it does the same work and says no."""
        return await asyncio.to_thread(self._verify, kept or self._dummy, given) and kept is not None

    def needs_rehash(self, kept: str) -> bool:
        """Whether `kept` was made with an older cost."""
        return self._hasher.check_needs_rehash(kept)

    def _verify(self, kept: str, given: str) -> bool:
        try:
            return self._hasher.verify(kept, given)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
