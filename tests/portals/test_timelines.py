"""Whatever can happen to a ticket can be read on the pages of all who may read it, in the reader's language."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from app.desk.tickets import Channel, ConfirmedBy, Move, TimelineEntry
from app.desk.tickets.lifecycle import RULES
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.texts import translator
from app.platform.promises import WaitReason
from app.portals.client.labels import timeline_entries as clients_entries
from app.portals.desk.timeline import timeline_entries as desks_entries
from app.portals.employee.labels import _entry as employees_entry
from app.portals.field.visit_steps import timeline_entries as engineers_entries

DETAILS: dict[str, Any] = {
    "channel": Channel.HOT_LINE,
    "reason": WaitReason.PART,
    "confirmed_by": ConfirmedBy.REPORTER,
    "engineer": "张工",
    "before": "P3",
    "after": "P2",
    "score": 5,
    "level": 2,
    "files": [],
}
KINDS = ("reported", "priority", "reply", "file", "rating", "report_signed", "reminder", "terms", "escalated")
STAFF_KINDS = ("note", "dispatch", "declined", "correction")


def entry(kind: str, *, internal: bool = False, state: str = "", **details: Any) -> TimelineEntry:
    return TimelineEntry(
        id=UUID(int=1),
        occurred_at=datetime(2026, 11, 16, 1, tzinfo=UTC),
        kind=kind,
        state=state,
        actor_kind=ActorKind.PROVIDER,
        actor_name="李明",
        text="",
        details={**DETAILS, **details},
        internal=internal,
    )


def everything_that_can_happen() -> Iterator[TimelineEntry]:
    for move, rule in RULES.items():
        for state in sorted(rule.ends):
            yield entry("state", state=state, move=move)
    for kind in KINDS:
        yield entry(kind)
    for kind in STAFF_KINDS:
        yield entry(kind, internal=True)


HAPPENED = list(everything_that_can_happen())


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize(
    "happened", HAPPENED, ids=lambda each: f"{each.kind}-{each.details.get('move', '')}-{each.state}"
)
def test_every_portal_says_what_happened(happened: TimelineEntry, language: str) -> None:
    _ = translator(language)
    assert desks_entries([happened], _)[0]["action"] not in ("", happened.kind)
    assert engineers_entries([happened])[0]["action"]
    for shown in (*clients_entries([happened], _), employees_entry(happened, {}, _, str)):
        assert shown is None or shown["action"]


@pytest.mark.parametrize("state", sorted(RULES[Move.FINISH].ends))
def test_a_visit_that_ended_without_success_is_not_told_as_the_state_that_follows(state: str) -> None:
    ended = entry("state", state=state, move=Move.FINISH)
    (clients,) = clients_entries([ended], translator("zh-CN"))
    employees = employees_entry(ended, {}, translator("zh-CN"), str)
    assert employees is not None
    assert clients["action"] == employees["action"] == "这次上门结束，还要再来"
