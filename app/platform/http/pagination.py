"""Cursor pagination: a page of items and the opaque cursor of the next."""

import base64
import binascii
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

import msgspec

from app.platform.http.errors import BadRequest

T = TypeVar("T")

DEFAULT_LIMIT = 50
MAXIMUM_LIMIT = 200


class Page(msgspec.Struct, Generic[T], frozen=True):
    """`next_cursor` is null on the last page."""

    items: list[T]
    next_cursor: str | None = None


Position = TypeVar("Position", bound=msgspec.Struct)


def encode_position(position: msgspec.Struct) -> str:
    """An opaque text for where a page ends."""
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def decode_position(text: str, kind: type[Position]) -> Position:
    """
    Raises:
        BadRequest: for anything that this program did not make.
    """
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=kind)
    except (msgspec.MsgspecError, binascii.Error, ValueError, UnicodeError) as error:
        raise BadRequest(fields={"cursor": "cursor"}) from error


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ends: the moment and id of its last item (newest first)."""

    moment: datetime
    id: UUID

    def encode(self) -> str:
        return encode_position(self)

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """
        Raises:
            BadRequest: for anything that this program did not make.
        """
        return decode_position(text, cls)
