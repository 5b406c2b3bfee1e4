"""The client's decision about an offer, as an approval: whole or in part, by a member or by a link."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.people.approvals import ApprovalRequest, ApprovalState, ApprovalSubject, Decision, Fact, Part, Requester
from app.platform.documents import Printable, printable
from app.platform.kernel.errors import NotFound
from app.platform.kernel.invariants import present
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.money import Money, money_text
from billing.quotes.document import OFFERED_QUOTE
from billing.quotes.errors import LinesUnknown
from billing.quotes.events import QuoteApproved, QuoteLapsed
from billing.quotes.models import OfferedQuote, Quote
from billing.quotes.permissions import OfferedQuotePermission
from billing.quotes.repository import locked_quote, newest_offer, offered_lines
from billing.quotes.states import OFFER, QUOTE, LineDecision, OfferMove, QuoteMove
from billing.quotes.wording import percent_text, quantity_text
from tenants.models import Tenant

ASKED: Final = N_("%(company)s 的报价 %(number)s 等您决定：%(title)s")
_MOVES: Final = {
    QuoteMove.APPROVE: OfferMove.APPROVE,
    QuoteMove.APPROVE_PART: OfferMove.APPROVE_PART,
    QuoteMove.DECLINE: OfferMove.DECLINE,
    QuoteMove.EXPIRE: OfferMove.EXPIRE,
}
MOVE_ACTIONS: Final = {
    QuoteMove.APPROVE: "quote.approved",
    QuoteMove.APPROVE_PART: "quote.partly_approved",
    QuoteMove.DECLINE: "quote.declined",
    QuoteMove.EXPIRE: "quote.expired",
}


async def _content(work: UnitOfWork, quote_id: UUID) -> object | None:
    """The offer that counts, by the hash of its document."""
    quote = await locked_quote(work, quote_id)
    offer = None if quote is None else await newest_offer(work, quote.id)
    if offer is None:
        return None
    return {"number": offer.number, "edition": offer.edition, "content_hash": offer.content_hash}


async def _parts(work: UnitOfWork, quote_id: UUID) -> Sequence[Part]:
    offer = await newest_offer(work, quote_id)
    if offer is None:
        return ()
    return [
        Part(
            line.id,
            f"{line.name} × {quantity_text(line.quantity)} {line.unit}",
            money_text(Money(line.gross_minor, offer.currency))
            + (f"（-{percent_text(line.discount)}）" if line.discount else ""),
        )
        for line in await offered_lines(work, offer.id)
    ]


async def _document(work: UnitOfWork, quote_id: UUID) -> Printable:
    """
    Raises:
        NotFound: it was never offered.
    """
    offer = await newest_offer(work, quote_id)
    if offer is None:
        raise NotFound
    return await printable(work.session, OFFERED_QUOTE, offer)


async def _follow(work: UnitOfWork, decision: Decision) -> None:
    """`terms` are the ids of the approved lines; None: all. What the company takes back itself it moves itself.

    Raises:
        LinesUnknown: none of them, or one that is not the offer's.
    """
    state = ApprovalState(decision.state)
    if state not in (ApprovalState.APPROVED, ApprovalState.DECLINED, ApprovalState.EXPIRED):
        return
    quote = await work.session.get_one(Quote, (work.tenant_id, decision.subject_id))
    offer = present(await newest_offer(work, quote.id), "it was asked about")
    move = QuoteMove.EXPIRE
    if state is not ApprovalState.EXPIRED:
        chosen = set(decision.terms or ()) if state is ApprovalState.APPROVED else set()
        lines = await offered_lines(work, offer.id)
        if state is ApprovalState.APPROVED:
            if decision.terms is None:
                chosen = {line.id for line in lines}
            if not chosen or chosen - {line.id for line in lines}:
                raise LinesUnknown(fields={"part": LinesUnknown.text})
        for line in lines:
            line.decision = LineDecision.APPROVED if line.id in chosen else LineDecision.DECLINED
        move = (
            QuoteMove.DECLINE
            if not chosen
            else (QuoteMove.APPROVE if len(chosen) == len(lines) else QuoteMove.APPROVE_PART)
        )
    end_offer(work, quote, offer, move, by=decision.decided_by_name, words=decision.reason)
    await work.session.flush()


def end_offer(
    work: UnitOfWork, quote: Quote, offer: OfferedQuote, move: QuoteMove, *, by: str = "", words: str = ""
) -> None:
    """Move the locked quote and its offer together.

    Raises:
        QuoteMoveRefused, OfferMoveRefused: it has ended.
    """
    quote.state = QUOTE.after(move, quote.state)
    offer.state = OFFER.after(_MOVES[move], offer.state)
    quote.decided_at = offer.decided_at = work.now
    offer.decided_by_name, offer.decision = by, words
    quote.version += 1
    work.audit(MOVE_ACTIONS[move], "quote", quote.id, number=quote.number, edition=offer.edition)
    if move in (QuoteMove.APPROVE, QuoteMove.APPROVE_PART):
        work.publish(QuoteApproved(quote_id=quote.id, ticket_id=quote.ticket_id, client_id=quote.client_id))
    else:
        work.publish(QuoteLapsed(quote_id=quote.id, client_id=quote.client_id))


OFFER_DECISION: Final = ApprovalSubject(
    kind="offered_quote",
    label=N_("报价单"),
    permission=OfferedQuotePermission.OFFERED_QUOTE_DECIDE,
    content=_content,
    follow=_follow,
    page="/portal/quotes/{id}",
    requester_page="/workspace/quotes/{id}",
    document=_document,
    parts=_parts,
)


async def decision_request(work: UnitOfWork, quote: Quote, offer: OfferedQuote) -> ApprovalRequest:
    """What the client is asked; whoever wanted the quote to go out hears of the end."""
    company = await work.session.scalar(select(Tenant.name).where(Tenant.id == work.tenant_id))
    return ApprovalRequest(
        subject_id=quote.id,
        title=ASKED,
        parameters={"company": company or "", "number": offer.number, "title": offer.title},
        facts=(
            Fact(N_("报价单号"), f"{offer.number}-{offer.edition}"),
            Fact(N_("标题"), offer.title),
            Fact(N_("价税合计"), money_text(Money(offer.gross_minor, offer.currency))),
            Fact(N_("有效期至"), offer.valid_until.isoformat()),
            *((Fact(N_("说明"), offer.words),) if offer.words else ()),
            Fact(N_("内容校验（SHA-256）"), offer.content_hash),
        ),
        expires_at=offer.expires_at,
        requester=Requester(quote.submitted_by, quote.submitted_by_account, quote.submitted_by_name),
        client_id=quote.client_id,
    )
