"""Cursor pagination: a page of items and the opaque cursor of the next."""

import base64
import binascii
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

import msgspec

from app.http.errors import BadRequest

T = TypeVar("T")

DEFAULT_LIMIT = 50
MAXIMUM_LIMIT = 200


class Page(msgspec.Struct, Generic[T], frozen=True):
    """`next_cursor` is null on the last page."""

    items: list[T]
    next_cursor: str | None = None


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ends: the moment and id of its last item (newest first)."""

    moment: datetime
    id: UUID

    def encode(self) -> str:
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """
        Raises:
            BadRequest: for anything that this program did not make.
        """
        try:
            return msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=cls)
        except (msgspec.MsgspecError, binascii.Error, ValueError, UnicodeError) as error:
            raise BadRequest(fields={"cursor": "cursor"}) from error
