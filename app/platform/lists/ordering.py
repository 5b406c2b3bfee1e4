"""The order of a list and where one of its pages begins, as SQL: keyset pagination in both directions.

A place is the sort value and the id of a row. Rows without a value come last, whichever way the list is sorted.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, and_, or_, tuple_

SORTABLE: Final = (str, int, float, bool, datetime, date)
_LARGEST: Final = 2**31 - 1


class PlaceInvalid(ValueError):
    """The value cannot be one of this order's."""


class Place(NamedTuple):
    """A row's place in its list; `before` asks for the rows in front of it instead of those behind it."""

    value: Any
    id: Any
    before: bool = False


@dataclass(frozen=True)
class Ordering:
    """One order: by `expression`, rows of one value by `id` in the same direction."""

    expression: Any
    id: Any
    descending: bool = False
    nullable: bool = False
    """Whether `expression` may be NULL."""

    def by(self, *, backwards: bool = False) -> tuple[Any, ...]:
        """The arguments of `order_by`; `backwards` is the whole order turned round."""
        down = self.descending is not backwards
        value, row_id = (each.desc() if down else each.asc() for each in (self.expression, self.id))
        if not self.nullable:
            return value, row_id
        return (value.nulls_first() if backwards else value.nulls_last()), row_id

    def beyond(self, place: Place, *, has_value: bool | None = None) -> ColumnElement[bool]:
        """The rows behind `place`, or before it. `has_value` says of a value that is given as a parameter whether
        there is one."""
        down = self.descending is not place.before
        known = place.value is not None if has_value is None else has_value
        if not self.nullable:
            row, at = tuple_(self.expression, self.id), tuple_(place.value, place.id)
            return row < at if down else row > at
        next_id = self.id < place.id if down else self.id > place.id
        if not known:
            unvalued = and_(self.expression.is_(None), next_id)
            return or_(self.expression.is_not(None), unvalued) if place.before else unvalued
        further = self.expression < place.value if down else self.expression > place.value
        behind = or_(further, and_(self.expression == place.value, next_id))
        return behind if place.before else or_(behind, self.expression.is_(None))

    def value_of(self, told: Any) -> Any:
        """The sort value that an address tells, as the database takes it.

        Raises:
            PlaceInvalid: it is none of this order's.
        """
        if told is None:
            if self.nullable:
                return None
            raise PlaceInvalid
        kind = self.expression.type.python_type
        try:
            value = msgspec.convert(told, kind)
            if isinstance(value, datetime):
                if value.tzinfo is None:
                    raise PlaceInvalid
                value = value.astimezone(UTC)
        except (msgspec.ValidationError, OverflowError) as error:
            raise PlaceInvalid from error
        if isinstance(value, str) and "\0" in value:
            raise PlaceInvalid
        if type(value) is int and not -_LARGEST <= value <= _LARGEST:
            raise PlaceInvalid
        return value
