"""One record seen from two tenants: whatever becomes of the events between them, both end alike."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.platform.background.mirrors import Mirror, MirrorSide
from tenants.access_grants.models import ACCESS_GRANTS
from tenants.corrective_actions.models import CORRECTIVE_ACTIONS, CorrectiveAction

OWNER, OTHER = MirrorSide.OWNER, MirrorSide.OTHER
SIDES = (OWNER, OTHER)
Row = dict[str, Any]


class TwoRows:
    """The two rows of a record, and what of each was sent and has not arrived."""

    def __init__(self, mirror: Mirror[Any]) -> None:
        self.mirror = mirror
        (start,) = mirror.machine.started
        opening = dict.fromkeys(mirror.crossing, 0) | {"state": start, "state_revision": 1, "settled_by": OWNER}
        self.rows: dict[MirrorSide, Row] = {OWNER: dict(opening), OTHER: dict(opening)}
        self.sent: list[tuple[MirrorSide, Row]] = []
        self.writes = 0

    def move(self, side: MirrorSide, choice: int, *, by_platform: bool) -> None:
        """Any move that the machine has from here, whoever may make it: the kit must bear more than the areas do."""
        row, machine = self.rows[side], self.mirror.machine
        ends = sorted({end for rule in machine.moves.values() if row["state"] in rule.starts for end in rule.ends})
        if not ends:
            return
        self.writes += 1
        row |= dict.fromkeys(self.mirror.state_fields, self.writes)
        row["state"] = ends[choice % len(ends)]
        row["state_revision"] += 1
        row["settled_by"] = MirrorSide.PLATFORM if by_platform else side
        self._written(side)

    def write(self, side: MirrorSide) -> None:
        self.writes += 1
        fields = self.mirror.owner_fields if side is OWNER else self.mirror.other_fields
        self.rows[side] |= dict.fromkeys(fields, self.writes)
        self._written(side)

    def _written(self, side: MirrorSide) -> None:
        self.rows[side][f"{side}_revision"] += 1
        self.offer(side)

    def offer(self, side: MirrorSide) -> None:
        self.sent.append((side, dict(self.rows[side])))

    def deliver(self, choice: int, *, again: bool) -> None:
        """One of what is on its way arrives, and may arrive once more later."""
        if not self.sent:
            return
        place = choice % len(self.sent)
        side, shown = self.sent[place] if again else self.sent.pop(place)
        self._arrives(side, shown)

    def lose(self, choice: int) -> None:
        if self.sent:
            self.sent.pop(choice % len(self.sent))

    def _arrives(self, side: MirrorSide, shown: Row) -> None:
        mine = self.rows[OTHER if side is OWNER else OWNER]
        before = self.mirror.weight(mine)
        mine |= self.mirror.differences(mine, shown, side)
        assert self.mirror.weight(mine) >= before, "a state that stood was taken back"

    def settle_down(self) -> None:
        """What was on its way is lost; each side is asked once more."""
        self.sent.clear()
        for side in (OTHER, OWNER):
            self._arrives(side, dict(self.rows[side]))
        self._arrives(OTHER, dict(self.rows[OTHER]))


def _steps() -> st.SearchStrategy[list[tuple[str, MirrorSide, int, bool]]]:
    kinds = st.sampled_from(("move", "write", "deliver", "lose"))
    return st.lists(st.tuples(kinds, st.sampled_from(SIDES), st.integers(0, 9), st.booleans()), max_size=25)


@pytest.mark.parametrize("mirror", [ACCESS_GRANTS, CORRECTIVE_ACTIONS], ids=["access grant", "corrective action"])
@given(steps=_steps())
def test_any_order_repetition_and_loss_ends_alike(
    mirror: Mirror[Any], steps: list[tuple[str, MirrorSide, int, bool]]
) -> None:
    record = TwoRows(mirror)
    act: dict[str, Callable[[MirrorSide, int, bool], None]] = {
        "move": lambda side, choice, flag: record.move(side, choice, by_platform=flag),
        "write": lambda side, _, __: record.write(side),
        "deliver": lambda _, choice, flag: record.deliver(choice, again=flag),
        "lose": lambda _, choice, __: record.lose(choice),
    }
    ended = False
    for kind, side, choice, flag in steps:
        act[kind](side, choice, flag)
        ended = ended or any(row["state"] in mirror.machine.final for row in record.rows.values())
    own = {OWNER: dict(record.rows[OWNER]), OTHER: dict(record.rows[OTHER])}
    record.settle_down()
    assert record.rows[OWNER] == record.rows[OTHER]
    for side, fields in ((OWNER, mirror.owner_fields), (OTHER, mirror.other_fields)):
        assert {name: record.rows[side][name] for name in fields} == {name: own[side][name] for name in fields}
    assert not ended or record.rows[OWNER]["state"] in mirror.machine.final, "what had ended goes on"


@given(steps=_steps())
def test_whoever_is_ahead_knows_it(steps: list[tuple[str, MirrorSide, int, bool]]) -> None:
    record = TwoRows(CORRECTIVE_ACTIONS)
    for kind, side, choice, flag in steps:
        if kind == "move":
            record.move(side, choice, by_platform=False)
        elif kind == "write":
            record.write(side)
        else:
            record.deliver(choice, again=flag)
    owner, other = record.rows[OWNER], record.rows[OTHER]
    needs_answer = CORRECTIVE_ACTIONS.differences(other, owner, OWNER)
    brings = CORRECTIVE_ACTIONS.differences(owner, other, OTHER)
    assert (owner == other) == (not needs_answer and not brings)


def test_a_field_of_the_other_side_that_was_written_here_never_crosses_and_is_mended() -> None:
    record = TwoRows(CORRECTIVE_ACTIONS)
    record.rows[OTHER]["due_on"] = "a day that the partner likes better"
    record.offer(OTHER)
    record.deliver(0, again=False)
    assert record.rows[OWNER]["due_on"] == 0
    record.offer(OWNER)
    record.deliver(0, again=False)
    assert record.rows[OTHER]["due_on"] == 0


def test_a_declaration_names_each_field_once() -> None:
    with pytest.raises(ValueError, match="belongs to one side"):
        Mirror(
            model=CorrectiveAction,
            machine=CORRECTIVE_ACTIONS.machine,
            event=CORRECTIVE_ACTIONS.event,
            opening=("number",),
            owner_fields=("cause",),
            other_fields=("cause",),
        )
    with pytest.raises(ValueError, match="belongs to one side"):
        Mirror(
            model=CorrectiveAction,
            machine=CORRECTIVE_ACTIONS.machine,
            event=CORRECTIVE_ACTIONS.event,
            opening=("tenant_id",),
        )
