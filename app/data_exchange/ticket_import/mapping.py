"""Mappings: TOML documents that say how another system's log is read; stored with the import.

`docs/ticket-import.md` explains how to write one; `mappings/` holds the shipped ones. Pure.
"""

import codecs
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from app.agreements.sla import Impact, Priority, TargetKind, Urgency
from app.data_exchange.ticket_import.errors import MappingRefused
from app.desk.tickets import Channel, ConfirmedBy, TicketState
from app.platform.promises import WaitReason

SHIPPED = Path(__file__).parent / "mappings"
LONGEST_MAPPING = 100_000
"""Characters of a mapping's text."""
BETWEEN_STATES = " / "
"""Separator of state and detail in the keys of `states`."""
ISO = "iso"
"""The time format of ISO 8601, with or without an offset."""


class Shape(StrEnum):
    """Shape of a log: what one row is."""

    EVENTS = "events"
    """One change of one ticket: when, and the state after it."""
    TICKETS = "tickets"
    """One whole ticket, with a column for each of its times."""
    STEPS = "steps"
    """One step of our own: what `yinghuo export-tickets` writes."""


class Columns(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Headings of the file by meaning. Required: `number` and the times of the shape."""

    number: str
    client: str = ""
    caller: str = ""
    phone: str = ""
    device: str = ""
    site: str = ""
    department: str = ""
    engineer: str = ""
    group: str = ""
    actor: str = ""
    """Who made the change."""
    channel: str = ""
    service_category: str = ""
    product_category: str = ""
    impact: str = ""
    urgency: str = ""
    priority: str = ""
    at: str = ""
    """When the change was made (events, steps)."""
    state: str = ""
    state_detail: str = ""
    """A second column of the state (a sub-state, a reason of waiting): keys of `states` may be "state / detail"."""
    text: str = ""
    """Public text of the change."""
    note: str = ""
    """Internal text of the change."""
    reopenings: str = ""
    reassignments: str = ""
    opened_at: str = ""
    assigned_at: str = ""
    arrived_at: str = ""
    resolved_at: str = ""
    closed_at: str = ""
    cancelled_at: str = ""
    work_done: str = ""
    cause: str = ""
    work_minutes: str = ""
    rating: str = ""
    step: str = ""
    """What was done, as a JSON document (steps)."""
    ticket: str = ""
    """What the ticket is, as a JSON document (steps)."""

    def named(self) -> Iterator[tuple[str, str]]:
        """(meaning, heading) of every column that the mapping names."""
        for meaning in self.__struct_fields__:
            heading = getattr(self, meaning)
            if heading:
                yield meaning, heading


Word = Annotated[str, Meta(min_length=1, max_length=200)]


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A mapping as its author wrote it, checked."""

    source: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,39}$")]
    """Identifier of the other system. Ticket numbers are stored under it: use one for each system."""
    shape: Shape
    columns: Columns
    title: Annotated[str, Meta(max_length=80)] = ""
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] = ","
    encoding: str = "auto"
    """`auto` takes UTF-8, else guesses and reports the guess."""
    time_formats: Annotated[tuple[str, ...], Meta(min_length=1)] = (ISO,)
    """In the order in which they are tried: `iso`, or the letters of strptime."""
    time_zone: str = ""
    """Time zone of times without an offset; the import's own setting takes precedence."""
    unknown: tuple[str, ...] = ("",)
    """Cell contents that mean unknown."""
    states: dict[str, TicketState] = {}
    wait_reasons: dict[str, WaitReason] = {}
    """State of the log → what the ticket waits for; needed for every state that means `waiting`."""
    impacts: dict[str, Impact] = {}
    urgencies: dict[str, Urgency] = {}
    priorities: dict[str, Priority] = {}
    """Without it the priority follows from impact and urgency by the policy's matrix."""
    channels: dict[str, Channel] = {}
    channel: Channel = Channel.HOT_LINE
    service_categories: dict[str, str] = {}
    product_categories: dict[str, str] = {}
    subject: list[Word] = []
    """Headings whose cells, joined, make the subject."""
    description: list[Word] = []
    """Headings whose last cells are listed in the description."""
    confirmed_by: ConfirmedBy = ConfirmedBy.SILENCE
    """How tickets that the log closes count as confirmed."""
    unmeasured: list[TargetKind] = []
    """Targets without a clock, because the log has no state for them."""

    @property
    def needs_zone(self) -> bool:
        """Whether times without an offset may occur."""
        return any(each != ISO and "%z" not in each for each in self.time_formats)

    def headings(self) -> set[str]:
        """Every heading that the file must have."""
        return {heading for _, heading in self.columns.named()} | {*self.subject, *self.description}

    def state_of(self, state: str, detail: str) -> tuple[str, TicketState | None]:
        """The matching key of `states` with its state; both columns together take precedence over the first alone. None
        with the full text where nothing matches."""
        both = f"{state}{BETWEEN_STATES}{detail}" if detail else state
        word = both if both in self.states or state not in self.states else state
        return word, self.states.get(word)

    def problems(self) -> Iterator[str]:
        """Error messages about contradictions in the mapping, for its author."""
        needed = {
            Shape.EVENTS: ("at", "state"),
            Shape.TICKETS: ("opened_at",),
            Shape.STEPS: ("at", "step", "ticket"),
        }[self.shape]
        for name in needed:
            if not getattr(self.columns, name):
                yield f"columns.{name}: needed where shape = {self.shape.value}"
        if self.columns.state_detail and not any(BETWEEN_STATES in word for word in self.states):
            yield f"states: with columns.state_detail, write the words that it decides as 'state{BETWEEN_STATES}detail'"
        if self.shape is Shape.EVENTS and not self.states:
            yield "states: needed where shape = events"
        for word, state in self.states.items():
            if state is TicketState.WAITING and word not in self.wait_reasons:
                yield f"wait_reasons: say what {word!r} waits for"
            if state in (TicketState.REOPENED, TicketState.EN_ROUTE):
                yield f"states: {word!r} cannot mean {state.value}; a reopening follows from the states around it"
        for word in self.wait_reasons:
            if self.states.get(word) is not TicketState.WAITING:
                yield f"wait_reasons: {word!r} is not a waiting state"
        for written in self.time_formats:
            if written != ISO and not _is_format(written):
                yield f"time_formats: {written!r} is none"
        if self.encoding != "auto" and not _is_encoding(self.encoding):
            yield f"encoding: {self.encoding!r} is unknown"
        if self.time_zone and zone_of(self.time_zone) is None:
            yield f"time_zone: {self.time_zone!r} is unknown"


def parse_mapping(text: str) -> Mapping:
    """Parse a mapping.

    Raises:
        MappingRefused: no TOML, or an invalid mapping; the reason says where.
    """
    if len(text) > LONGEST_MAPPING:
        raise MappingRefused(reason="too long")
    try:
        mapping = msgspec.convert(tomllib.loads(text), Mapping)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise MappingRefused(reason=str(error)) from error
    problems = list(mapping.problems())
    if problems:
        raise MappingRefused(reason="; ".join(problems))
    return mapping


@cache
def shipped_mappings() -> dict[str, str]:
    """Name → text of the shipped mappings."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(SHIPPED.glob("*.toml"))}


def zone_of(name: str) -> ZoneInfo | None:
    """The time zone of that name, if there is one."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _is_format(written: str) -> bool:
    """Whether strptime reads back what strftime writes so: a letter twice, or an unknown one, is no format."""
    moment = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
    try:
        read = datetime.strptime(moment.strftime(written), written)  # noqa: DTZ007 - only whether it reads
    except (ValueError, re.error):
        return False
    return read.date() == moment.date()


def _is_encoding(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True
