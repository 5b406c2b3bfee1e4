"""Reading the whole chain again: whether anything that was linked has been changed since.

What this proves and what not stands in `docs/audit.md`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from app.people.audit.digest import GENESIS, entry_digest, link_hash
from app.people.audit.repository import ChainHead, ChainRepository, LinkedEntry
from app.platform.kernel.unit_of_work import UnitOfWork

BATCH: Final = 1000
LATEST_COMMIT: Final = timedelta(days=1)
"""No transaction runs as long: what occurred so long before an anchor was linked by then."""

MOST_FINDINGS: Final = 1000
"""Findings of one kind that are listed at most."""


class Fault(StrEnum):
    """What may be wrong with a link, an entry or an anchor."""

    ENTRY_CHANGED = "entry_changed"
    """The entry is not what was linked."""
    ENTRY_MISSING = "entry_missing"
    """The entry that was linked, or waited for it, does not exist any more."""
    ENTRY_UNLINKED = "entry_unlinked"
    """The entry is neither linked nor waiting: it was put in past the program, or taken out of the chain."""
    ENTRY_BACKDATED = "entry_backdated"
    """The entry claims a time well before an anchor that was made without it: it was put in afterwards."""
    LINK_MISSING = "link_missing"
    """Sequences are left out before this one."""
    LINK_CHANGED = "link_changed"
    """The link does not follow from the one before it: changed, put in, or in another order."""
    ANCHOR_BROKEN = "anchor_broken"
    """The chain does not lead through this anchor: its end was cut off, or it was written anew."""


class Finding(msgspec.Struct, frozen=True):
    """One fault, at a sequence of the chain, an entry, or both."""

    fault: Fault
    sequence: int | None = None
    entry_id: UUID | None = None
    detail: str = ""


class VerificationResult(msgspec.Struct, frozen=True):
    """How many links were read, and what is wrong: nothing, when `findings` is empty."""

    links: int
    findings: list[Finding]


class KeptAnchor(msgspec.Struct, frozen=True):
    """An anchor that somebody kept: the sequence and its hexadecimal hash."""

    sequence: int
    hash: str


async def verify(work: UnitOfWork, kept_anchors: Sequence[KeptAnchor] = ()) -> VerificationResult:
    """Compare entries, chain, anchors and `kept_anchors` of the tenant of `work`. Costs one pass over all of them."""
    chain = ChainRepository(work.session, work.tenant_id)
    anchors = await chain.anchors()
    made_at = {anchor.sequence: anchor.made_at for anchor in anchors}
    kept = [KeptAnchor(anchor.sequence, anchor.hash) for anchor in anchors]
    wanted = {each.sequence for each in (*kept, *kept_anchors)}
    findings: list[Finding] = []
    seen: dict[int, str] = {}
    last, count, anchored = ChainHead(0, GENESIS), 0, datetime.min.replace(tzinfo=UTC)
    while links := await chain.links_after(last.sequence, BATCH):
        for link in links:
            findings += _faults(work.tenant_id, last, link)
            if link.entry is not None and link.entry["occurred_at"] + LATEST_COMMIT < anchored:
                findings.append(Finding(Fault.ENTRY_BACKDATED, link.sequence, link.entry_id))
            last, count = ChainHead(link.sequence, link.hash), count + 1
            if link.sequence in wanted:
                seen[link.sequence] = link.hash.hex()
                anchored = max(anchored, made_at.get(link.sequence, anchored))
    findings += _broken(kept, seen, "")
    findings += _broken(kept_anchors, seen, "kept outside")
    findings += [Finding(Fault.ENTRY_UNLINKED, entry_id=each) for each in await chain.unlinked_entries(MOST_FINDINGS)]
    findings += [Finding(Fault.ENTRY_MISSING, entry_id=each) for each in await chain.missing_entries(MOST_FINDINGS)]
    return VerificationResult(count, findings)


def _faults(tenant_id: UUID, last: ChainHead, link: LinkedEntry) -> Iterator[Finding]:
    """What is wrong with one link. The next link is compared with this one as stored, so a fault is reported once."""
    if link.sequence != last.sequence + 1:
        yield Finding(
            Fault.LINK_MISSING, link.sequence, link.entry_id, f"{last.sequence + 1} to {link.sequence - 1} are missing"
        )
    elif link.previous_hash != last.hash:
        yield Finding(Fault.LINK_CHANGED, link.sequence, link.entry_id, "does not follow from the link before it")
    if link.hash != link_hash(tenant_id, link.sequence, link.previous_hash, link.entry_digest):
        yield Finding(Fault.LINK_CHANGED, link.sequence, link.entry_id, "does not have its own hash")
    if link.entry is None:
        yield Finding(Fault.ENTRY_MISSING, link.sequence, link.entry_id)
    elif _digest_of(link.entry) != link.entry_digest:
        yield Finding(Fault.ENTRY_CHANGED, link.sequence, link.entry_id)


def _digest_of(entry: Mapping[str, object]) -> bytes:
    try:
        return entry_digest(entry)
    except (TypeError, ValueError, OverflowError):
        return b""  # something that the program never writes


def _broken(kept_anchors: Sequence[KeptAnchor], seen: Mapping[int, str], detail: str) -> Iterator[Finding]:
    for kept_anchor in sorted(set(kept_anchors), key=lambda each: each.sequence):
        if seen.get(kept_anchor.sequence) != kept_anchor.hash.lower():
            yield Finding(Fault.ANCHOR_BROKEN, kept_anchor.sequence, detail=detail)
