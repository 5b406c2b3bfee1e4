"""A day's lines are compared with our records: what differs is found, what agrees by now is settled."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.platform.kernel.unit_of_work import UnitOfWork
from billing.gateway import ObjectKind, look_at
from billing.payments.reconciliation.differences import Difference, Side, differences
from billing.payments.reconciliation.models import ProviderLine, ReconciliationDay, ReconciliationFinding
from billing.payments.reconciliation.sides import SubjectKey, expected_in, ours_of, theirs_of
from billing.payments.reconciliation.states import (
    AGREES,
    FINDING,
    FindingKind,
    FindingMove,
    FindingState,
    Subject,
)

AT_ONCE: Final = 500
LEEWAY: Final = timedelta(hours=1)
"""What we wrote down at the end of a day may stand in the provider's next one."""


async def compare_day(work: UnitOfWork, day: ReconciliationDay) -> int:
    """Compare whatever has a line on this day, what we wrote down on it, and all that is still found to differ; how
    many differences are new. Of what is missing here the provider is asked again: perhaps its news got lost."""
    keys = sorted(
        await _of_the_day(work, day)
        | await expected_in(work, day, day.since - LEEWAY, day.until - LEEWAY)
        | await _still_open(work)
    )
    new = 0
    for some in (keys[first : first + AT_ONCE] for first in range(0, len(keys), AT_ONCE)):
        new += await _compare(work, day, some)
    return new


async def _of_the_day(work: UnitOfWork, day: ReconciliationDay) -> set[SubjectKey]:
    rows = await work.session.execute(
        select(ProviderLine.subject, ProviderLine.subject_id)
        .where(
            ProviderLine.account_id == day.account_id,
            ProviderLine.made_at >= day.since,
            ProviderLine.made_at < day.until,
        )
        .distinct()
    )
    return {SubjectKey(Subject(subject), named) for subject, named in rows}


async def _still_open(work: UnitOfWork) -> set[SubjectKey]:
    rows = await work.session.execute(
        select(ReconciliationFinding.subject, ReconciliationFinding.subject_id).where(
            ReconciliationFinding.state == FindingState.OPEN
        )
    )
    return {SubjectKey(Subject(subject), named) for subject, named in rows}


async def _compare(work: UnitOfWork, day: ReconciliationDay, keys: Sequence[SubjectKey]) -> int:
    theirs, ours = await theirs_of(work, keys), await ours_of(work, keys)
    known = await _known(work, keys)
    new = 0
    for key in keys:
        own = ours.get(key)
        found = {each.kind: each for each in differences(key.subject, own, theirs.get(key))}
        for finding in known[key]:
            difference = found.pop(FindingKind(finding.kind), None)
            new += _follow(work, finding, difference)
        for difference in found.values():
            new += await _find(work, day, key, difference, own)
    await work.session.flush()
    return new


async def _known(
    work: UnitOfWork, keys: Collection[SubjectKey]
) -> defaultdict[SubjectKey, list[ReconciliationFinding]]:
    rows = await work.session.scalars(
        select(ReconciliationFinding)
        .where(ReconciliationFinding.subject_id.in_({key.id for key in keys}))
        .order_by(ReconciliationFinding.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found: defaultdict[SubjectKey, list[ReconciliationFinding]] = defaultdict(list)
    for row in rows:
        found[SubjectKey(Subject(row.subject), row.subject_id)].append(row)
    return found


def _follow(work: UnitOfWork, finding: ReconciliationFinding, difference: Difference | None) -> int:
    """What was found before is as it is now; 1 where somebody has to look at it again."""
    if difference is None:
        if finding.state == FindingState.OPEN:
            settle(work, finding, AGREES, "")
        return 0
    same = (finding.ours, finding.theirs) == (difference.ours, difference.theirs)
    if finding.state == FindingState.SETTLED and (finding.reason == AGREES or not same):
        finding.state = FINDING.after(FindingMove.REOPEN, finding.state)
        finding.reason, finding.settled_by_name, finding.settled_at = "", "", None
        again = 1
    elif same:
        return 0
    else:
        again = 0
    finding.ours, finding.theirs = difference.ours, difference.theirs
    finding.version += 1
    return again


def settle(work: UnitOfWork, finding: ReconciliationFinding, reason: str, by_name: str) -> None:
    """Nobody has to look at it any more.

    Raises:
        FindingMoveRefused: nobody had to.
    """
    finding.state = FINDING.after(FindingMove.SETTLE, finding.state)
    finding.reason, finding.settled_by_name, finding.settled_at = reason, by_name, work.now
    finding.version += 1
    work.audit("reconciliation_finding.settled", "reconciliation_finding", finding.id, reason=reason)


async def _find(
    work: UnitOfWork, day: ReconciliationDay, key: SubjectKey, difference: Difference, own: Side | None
) -> int:
    made: UUID | None = await work.session.scalar(
        insert(ReconciliationFinding)
        .values(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            kind=difference.kind,
            subject=key.subject,
            subject_id=key.id,
            day=day.day,
            currency=difference.currency,
            ours=difference.ours,
            theirs=difference.theirs,
            record_id=None if own is None else own.record_id,
            state=FindingState.OPEN,
            reason="",
            settled_by_name="",
            settled_at=None,
            found_at=work.now,
            version=1,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "kind", "subject_id"])
        .returning(ReconciliationFinding.id)
    )
    if made is not None and difference.kind is FindingKind.MISSING_HERE and key.subject is not Subject.OTHER:
        await look_at(work, day.account_id, ObjectKind(key.subject), key.id)
    return int(made is not None)
