"""Passwords and PINs: argon2id, one cost for everything, and a dummy so that 'unknown' takes as long as 'wrong'."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from app.people.identity.errors import PasswordTooWeak
from app.platform.kernel.texts import N_

MINIMUM_LENGTH = 10
MAXIMUM_LENGTH = 200
_ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb", "password")


def check_new_password(password: str, *own_words: str | None) -> None:
    """Length counts, not kinds of characters; only what everybody tries first is refused [NIST SP 800-63B §5.1.1.2].

    `own_words` are the person's name and addresses.

    Raises:
        PasswordTooWeak: too short, too long, or easy to guess.
    """
    if not MINIMUM_LENGTH <= len(password) <= MAXIMUM_LENGTH:
        raise PasswordTooWeak(fields={"password": N_("密码要有 10 到 200 个字符。")})
    plain = password.lower()
    words = {part for word in own_words if word for part in (word.lower(), word.lower().partition("@")[0])}
    left = plain
    for word in sorted((*words, *_ROWS, *(row[::-1] for row in _ROWS)), key=len, reverse=True):
        left = left.replace(word, "") if len(word) >= 4 else left
    in_a_row = any(plain in row or plain in row[::-1] for row in _ROWS)
    if in_a_row or len(left) < 4 or len(set(plain)) < 5:
        raise PasswordTooWeak(fields={"password": PasswordTooWeak.text})


@cache
def _hasher(memory_kibibytes: int) -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=memory_kibibytes, parallelism=1)


class PasswordHashing:
    """Hashes off the event loop. `memory_kibibytes` is 19 MiB as OWASP advises; tests use less."""

    def __init__(self, memory_kibibytes: int = 19_456) -> None:
        self._hasher = _hasher(memory_kibibytes)
        # No password has this hash, and finding that out takes as long as for any other.
        self._dummy = f"$argon2id$v=19$m={memory_kibibytes},t=2,p=1${'A' * 22}${'A' * 43}"

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
