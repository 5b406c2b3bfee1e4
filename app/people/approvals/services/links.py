"""Deciding by a link, for people without an account: it makes no session, is used once, and ends with the approval."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select

from app.people.approvals.declaration import ApprovalSubject, subjects
from app.people.approvals.errors import ApprovalMoveRefused, LinkClosed, OwnRequest
from app.people.approvals.models import Approval, ApprovalLink
from app.people.approvals.schemas import ApprovalView, LinkRecipient, Part, Verdict
from app.people.approvals.services import records
from app.people.approvals.services.decisions import Decider, decide_as
from app.people.approvals.services.reading import to_view
from app.people.approvals.states import WAITING
from app.people.identity import Membership, account_email, link_rules, new_token, token_hash
from app.platform.documents import Printable
from app.platform.kernel.actor import Actor
from app.platform.kernel.texts import N_, translator
from app.platform.kernel.throttle import Throttle
from app.platform.kernel.unit_of_work import Origin, UnitOfWork, UnitOfWorkFactory
from app.platform.notifications import ChannelName, EmailAction, OutgoingMessage, email_content, send
from tenants.models import WORKING_STATES, Tenant

SENT_AGAIN_AFTER: Final = timedelta(minutes=1)
"""The same link wanted again this soon is a second click."""


class OfferedDecision(msgspec.Struct, frozen=True):
    """What whoever holds a link sees."""

    company: str
    name: str
    approval: ApprovalView
    has_document: bool
    parts: Sequence[Part] = ()
    """What can be approved by itself; empty where only the whole is decided."""


async def send_link(
    work: UnitOfWork, subject: ApprovalSubject, subject_id: UUID, to: LinkRecipient, *, public_url: str
) -> None:
    """Have a person without an account decide what waits about a record: a link by e-mail, in place of an earlier one
    to the same address. Who may name that person is the calling area's rule.

    Raises:
        ApprovalMoveRefused: nothing waits.
        OwnRequest: the address is the requester's.
        ContactDetailInvalid: no address.
    """
    found = await records.waiting_of(work, subject, subject_id)
    approval = None if found is None else await records.locked(work, found.id)
    if approval is None or approval.state not in WAITING or approval.expires_at <= work.now:
        raise ApprovalMoveRefused
    email = account_email(to.email)
    own = select(Membership.id).where(
        Membership.account_id.is_not(None),
        func.lower(Membership.email) == email,
        (Membership.id == approval.requested_by) | (Membership.account_id == approval.requested_by_account),
    )
    if await work.session.scalar(own) is not None:
        raise OwnRequest
    earlier = ApprovalLink.approval_id == approval.id, ApprovalLink.email == email
    sent_at = await work.session.scalar(select(ApprovalLink.created_at).where(*earlier))
    if sent_at is not None and sent_at > work.now - SENT_AGAIN_AFTER:
        return
    await work.session.execute(delete(ApprovalLink).where(*earlier))
    token = new_token()
    link = ApprovalLink(
        tenant_id=work.tenant_id,
        id=work.new_id(),
        approval_id=approval.id,
        token_hash=token_hash(token),
        name=to.name,
        email=email,
        created_at=work.now,
    )
    work.session.add(link)
    work.audit("approval.link_sent", "approval", approval.id, link=link.id)
    company = await work.session.scalar(select(Tenant.name).where(Tenant.id == work.tenant_id))
    address = f"{public_url.rstrip('/')}/approvals/{work.tenant_id}/{token}"
    await send(work, _message(approval, link, to.language, company or "", address))


def _message(approval: Approval, link: ApprovalLink, language: str, company: str, address: str) -> OutgoingMessage:
    translate = translator(language)
    subject = translate(N_("%(company)s 请您审批"), company=company)
    lines = [
        translate(N_("%(name)s，您好："), name=link.name),
        translate(approval.title, **approval.parameters),
        translate(N_("打开下面的链接查看，同意或拒绝都在那一页上点；不用账号，只能用一次。请不要转发这封邮件。")),
    ]
    made = email_content(language, subject, lines, EmailAction(translate(N_("打开查看")), address))
    return OutgoingMessage(
        channel=ChannelName.EMAIL,
        address=link.email,
        subject=made.subject,
        text=made.text,
        html=made.html,
        language=language,
        reference=f"approval_link:{link.id}",
    )


class LinkDecisions:
    """Acts as the tenant that a link names, and looks nothing up there but the link's token and what it is about."""

    def __init__(self, units_of_work: UnitOfWorkFactory, throttle: Throttle) -> None:
        self._units_of_work = units_of_work
        self._throttle = throttle

    async def preview(self, tenant_id: UUID, token: str, origin: Origin, language: str) -> OfferedDecision:
        """What the link asks for; opening it decides nothing and uses nothing up.

        Raises:
            LinkClosed, TooManyAttempts, ThrottleUnavailable.
        """
        async with self._opened(tenant_id, token, origin) as (work, link, approval):
            company = await work.session.scalar(select(Tenant.name).where(Tenant.id == tenant_id))
            subject = subjects()[approval.subject_kind]
            return OfferedDecision(
                company or "",
                link.name,
                to_view(approval, translator(language)),
                subject.document is not None,
                await subject.parts(work, approval.subject_id) if subject.parts is not None else (),
            )

    async def document(self, tenant_id: UUID, token: str, origin: Origin) -> Printable:
        """The paper that is decided about.

        Raises:
            LinkClosed, TooManyAttempts, ThrottleUnavailable.
        """
        async with self._opened(tenant_id, token, origin) as (work, link, approval):
            read = subjects()[approval.subject_kind].document
            if read is None:
                raise LinkClosed
            work.audit("approval.document_downloaded", "approval", approval.id, link=link.id)
            return await read(work, approval.subject_id)

    async def decide(
        self,
        tenant_id: UUID,
        token: str,
        verdict: Verdict,
        reason: str,
        origin: Origin,
        *,
        parts: Sequence[UUID] = (),
    ) -> None:
        """Of a record with parts those named are approved.

        Raises:
            LinkClosed: wrong, used, or somebody has decided meanwhile.
            RecordChanged, OwnRequest, TooManyAttempts, ThrottleUnavailable, and what the record's area refuses.
        """
        async with self._opened(tenant_id, token, origin) as (work, link, approval):
            by = Decider(id=link.id, name=link.name, email=link.email)
            subject = subjects()[approval.subject_kind]
            terms = tuple(parts) if subject.parts is not None and verdict is Verdict.APPROVE else None
            try:
                await decide_as(work, subject, approval, by, verdict, reason=reason, terms=terms)
            except ApprovalMoveRefused as error:
                raise LinkClosed from error

    @asynccontextmanager
    async def _opened(
        self, tenant_id: UUID, token: str, origin: Origin
    ) -> AsyncIterator[tuple[UnitOfWork, ApprovalLink, Approval]]:
        await self._throttle.enforce(link_rules(origin.network))
        async with self._units_of_work.begin(Actor.system(tenant_id), origin) as work:
            row = (
                await work.session.execute(
                    select(ApprovalLink, Approval)
                    .join(Approval, Approval.id == ApprovalLink.approval_id)
                    .join(Tenant, Tenant.id == ApprovalLink.tenant_id)
                    .where(ApprovalLink.token_hash == token_hash(token), Tenant.state.in_(WORKING_STATES))
                )
            ).first()
            if row is None or row[1].state not in WAITING or row[1].expires_at <= work.now:
                raise LinkClosed
            yield work, row[0], row[1]
