"""Work that is paid from what a client bought ahead: drawn once for each visit, given back and drawn anew when the
visit is corrected."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select

from app.platform.kernel.invariants import of_kind, present
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts import AgreedDays, MovementSource, draw_down_blocks, give_back
from billing.contracts.models import PrepaidBlockRow
from billing.periods import day_in
from billing.rating.models import RatedRecord
from billing.rating.outcomes import Outcome, Unrated
from billing.rating.vocabulary import SourceKind
from billing.rating.work_prices import Decided
from billing.terms import PrepaidBlock, TermLine, prepaid_needed

_DRAWS: Final = "only a line of a contract draws"


class KeptLine(NamedTuple):
    """The line of a contract by which a visit was rated."""

    agreed: AgreedDays
    line: TermLine


class PrepaidWork:
    """What is left of the blocks of some contracts, and what visits take from them."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._blocks: dict[UUID, list[PrepaidBlockRow]] = {}

    async def read(self, agreed: Sequence[AgreedDays]) -> None:
        """Read the blocks of the contracts that have prepaid lines."""
        contract_ids = {
            each.version.contract_id
            for each in agreed
            if any(isinstance(line, PrepaidBlock) for line in each.version.terms.lines)
        }
        if not contract_ids:
            return
        rows = await self._work.session.scalars(
            select(PrepaidBlockRow)
            .where(PrepaidBlockRow.contract_id.in_(contract_ids))
            .order_by(PrepaidBlockRow.expires_on, PrepaidBlockRow.id)
        )
        self._blocks = {contract_id: [] for contract_id in contract_ids}
        for row in rows:
            self._blocks[row.contract_id].append(row)

    def left_on(self, agreed: Sequence[AgreedDays], moment: datetime) -> dict[UUID, Mapping[str, int]]:
        """By contract and line, what may be used at that moment. Drawing and giving back change the same rows."""
        found: dict[UUID, Mapping[str, int]] = {}
        for each in agreed:
            contract_id = each.version.contract_id
            if contract_id not in self._blocks or contract_id in found:
                continue
            day = day_in(each.version.terms.zone, moment)
            left: defaultdict[str, int] = defaultdict(int)
            for block in self._blocks[contract_id]:
                if block.bought_on <= day < block.expires_on:
                    left[block.line_key] += block.left
            found[contract_id] = left
        return found

    def kept(self, record: RatedRecord, agreed: Sequence[AgreedDays], moment: datetime) -> KeptLine | None:
        """By which line a visit of the same facts was rated before; None: it is decided anew. What a block has left by
        now does not move work from one line to another."""
        if record.outcome not in (Outcome.CHARGED, Outcome.INCLUDED, Outcome.PREPAID) and not _has_drawn(record):
            return None
        by = next((each for each in agreed if each.version.version_id == record.contract_version_id), None)
        line = next((line for line in by.version.terms.lines if line.key == record.line_key), None) if by else None
        if by is None or line is None:
            return None
        if record.outcome == Outcome.UNRATED and self.left_on([by], moment)[by.version.contract_id].get(line.key):
            return None
        return KeptLine(by, line)

    async def give_back(self, record: RatedRecord) -> None:
        """What the visit has drawn, before it is decided anew."""
        if _has_drawn(record):
            await give_back(self._work, MovementSource(SourceKind.VISIT, record.source_id, record.draws - 1))

    async def draw(self, record: RatedRecord, decided: Decided, *, again: bool) -> int:
        """Take what the visit needs, and say how much of it no block had left. `again`: it has drawn before, and hears
        the same answer."""
        agreed, work = present(decided.agreed, _DRAWS), present(decided.work, _DRAWS)
        line = of_kind(decided.line, PrepaidBlock, _DRAWS)
        if not again:
            record.draws += 1
        drawn = await draw_down_blocks(
            self._work,
            agreed.version.contract_id,
            line.key,
            work.matter.day,
            prepaid_needed(line, work),
            source=MovementSource(SourceKind.VISIT, record.source_id, record.draws - 1),
        )
        return drawn.missing


def _has_drawn(record: RatedRecord) -> bool:
    used_up = record.outcome == Outcome.UNRATED and record.reason == Unrated.PREPAID_USED_UP
    return record.draws > 0 and (record.outcome == Outcome.PREPAID or used_up)
