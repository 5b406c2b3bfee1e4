"""What an area declares of something that is approved; named in its `area.py` under `approvals`."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import msgspec

from app.people.approvals.schemas import Decision
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
    """Where the area lets its deciders say more than yes or no."""
    requester_page: str = ""
    """Where whoever asked finds the record, if that is not `page`: where a client's people decide."""
    document: Document | None = None
    """The paper that is decided about: whoever holds a link may take it."""
    by_programs: bool = False
    """Whether an API token may decide."""


@cache
def subjects() -> Mapping[str, ApprovalSubject]:
    """By kind, what the areas declare."""
    return {subject.kind: subject for subject in declared("approvals")}


def hash_of(content: object) -> str:
    """What tells whether the record is still what was asked about."""
    plain = json.dumps(msgspec.to_builtins(content), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()
