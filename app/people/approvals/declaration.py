"""What an area declares of something that is approved; named in its `area.py` under `approvals`."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import msgspec

from app.people.approvals.schemas import Decision, Part
from app.platform.documents import Printable
from app.platform.kernel.areas import declared
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import PermissionCode

Content = Callable[[UnitOfWork, UUID], Awaitable[object | None]]
"""Locks the record and returns what is decided about it, as plain values; None where there is no such record."""
Follow = Callable[[UnitOfWork, Decision], Awaitable[None]]
"""What follows the end of an approval, in the transaction that ends it: a refusal there takes the decision back."""
Document = Callable[[UnitOfWork, UUID], Awaitable[Printable]]
"""The record's PDF, read in the tenant's own scope."""
Parts = Callable[[UnitOfWork, UUID], Awaitable[Sequence[Part]]]
"""What of the record can be approved by itself, where its deciders may also approve some of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalSubject:
    """One kind of record that is approved."""

    kind: str
    """The record's, as in the audit log."""
    label: str
    permission: PermissionCode
    """Who may decide."""
    content: Content
    follow: Follow
    page: str = ""
    """Where the area lets its deciders say more than yes or no; `{id}` stands for the record's id."""
    requester_page: str = ""
    """Where whoever asked finds the record, if that is not `page`: where a client's people decide."""
    document: Document | None = None
    """The paper that is decided about: whoever holds a link may take it."""
    parts: Parts | None = None
    """Whoever decides by a link chooses among these; the ids of those approved reach `follow` as its `terms`."""
    by_programs: bool = False
    """Whether an API token may decide."""

    def page_of(self, subject_id: UUID) -> str:
        """Where its deciders find the record."""
        return self.page.format(id=subject_id)

    def requester_page_of(self, subject_id: UUID) -> str:
        """Where whoever asked finds it."""
        return (self.requester_page or self.page).format(id=subject_id)


@cache
def subjects() -> Mapping[str, ApprovalSubject]:
    """By kind, what the areas declare."""
    return {subject.kind: subject for subject in declared("approvals")}


def hash_of(content: object) -> str:
    """What tells whether the record is still what was asked about."""
    plain = json.dumps(msgspec.to_builtins(content), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()
