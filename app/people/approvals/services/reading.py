"""What waits for the actor's decision, and one approval."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, tuple_

from app.people.approvals.declaration import subjects
from app.people.approvals.models import Approval
from app.people.approvals.permissions import ApprovalPermission
from app.people.approvals.schemas import ApprovalView, DecisionInput, Fact, Verdict
from app.people.approvals.services.decisions import decide
from app.people.approvals.states import WAITING
from app.platform.kernel.actor import Actor
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.texts import Translator, translator
from app.platform.kernel.unit_of_work import UnitOfWork


class Approvals:
    """What the actor may decide, in the actor's own ring."""

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(ApprovalPermission.APPROVAL_DECIDE)
        self._work = work

    async def waiting(self, *, after: tuple[datetime, UUID] | None = None, limit: int = 50) -> list[ApprovalView]:
        """What waits for this actor, what expires first above."""
        work = self._work
        statement = (
            select(Approval)
            .where(*waiting_for(work.actor, work.now))
            .order_by(Approval.expires_at, Approval.id)
            .limit(limit)
        )
        if after is not None:
            statement = statement.where(tuple_(Approval.expires_at, Approval.id) > tuple_(*after))
        translate = translator(work.actor.language)
        return [to_view(row, translate) for row in await work.session.scalars(statement)]

    async def get(self, approval_id: UUID) -> ApprovalView:
        """
        Raises:
            NotFound: none of which this actor decides.
        """
        return to_view(await self._find(approval_id), translator(self._work.actor.language))

    async def decide(self, approval_id: UUID, verdict: Verdict, given: DecisionInput) -> ApprovalView:
        """
        Raises:
            NotFound, and what `decide` raises.
        """
        found = await self._find(approval_id)
        decided = await decide(
            self._work, subjects()[found.subject_kind], found.subject_id, verdict, reason=given.reason
        )
        if decided != approval_id:
            raise NotFound
        return await self.get(approval_id)

    async def _find(self, approval_id: UUID) -> Approval:
        mine = decided_by(self._work.actor)
        found = await self._work.session.scalar(select(Approval).where(mine, Approval.id == approval_id))
        if found is None:
            raise NotFound
        return found


def decided_by(actor: Actor) -> ColumnElement[bool]:
    """Kinds of which the actor may decide; a client's people only what was put before them."""
    kinds = [
        kind
        for kind, subject in subjects().items()
        if actor.may(subject.permission) and (subject.by_programs or not actor.by_token)
    ]
    return Approval.subject_kind.in_(kinds) & (
        Approval.client_id.is_(None) if actor.client_id is None else Approval.client_id == actor.client_id
    )


def waiting_for(actor: Actor, now: datetime) -> list[ColumnElement[bool]]:
    """What the actor can decide now: not what they asked, nor what they have approved as the first of two."""
    own = (
        (Approval.requested_by, actor.membership_id),
        (Approval.requested_by_account, actor.account_id),
        (Approval.first_decided_by, actor.membership_id),
    )
    return [
        decided_by(actor),
        Approval.state.in_(WAITING),
        Approval.expires_at > now,
        *(or_(column.is_(None), column != value) for column, value in own),
    ]


def to_view(row: Approval, translate: Translator) -> ApprovalView:
    """In the reader's language."""
    subject = subjects()[row.subject_kind]
    facts = [
        Fact(translate(each["label"]), translate(each["value"]) if each["is_text"] else each["value"])
        for each in row.facts
    ]
    return view_of(
        ApprovalView,
        row,
        subject_label=translate(subject.label),
        title=translate(row.title, **row.parameters),
        facts=facts,
        page=subject.page_of(row.subject_id),
    )
