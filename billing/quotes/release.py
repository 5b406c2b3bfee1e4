"""Letting a quote go out that is beyond its author's limit, as an approval inside the company."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from app.people.approvals import ApprovalRequest, ApprovalState, ApprovalSubject, Decision, Fact, Limits, Requester
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.money import money_text
from billing.quotes.models import Quote
from billing.quotes.permissions import QuotePermission
from billing.quotes.repository import lines_of, locked_quote, version_of
from billing.quotes.rules import Rule, rule_of
from billing.quotes.sending import Checked, checked, put_before_client
from billing.quotes.states import QUOTE, QuoteMove
from billing.quotes.wording import percent_text

ASKED: Final = N_("%(person)s 的报价“%(title)s”超出了让利或毛利的限度，请决定能不能发给客户")
DECIDED_WITHIN: Final = timedelta(days=14)


async def _content(work: UnitOfWork, quote_id: UUID) -> object | None:
    quote = await locked_quote(work, quote_id)
    if quote is None:
        return None
    version = await version_of(work, quote)
    return {
        "title": quote.title,
        "words": version.words,
        "valid_until": version.valid_until,
        "lines": [
            [
                line.name,
                line.unit,
                line.quantity.normalize(),
                line.unit_price.normalize(),
                line.discount.normalize(),
                line.tax,
            ]
            for line in await lines_of(work, version.id)
        ],
    }


async def _follow(work: UnitOfWork, decision: Decision) -> None:
    """With a yes it goes out at once; everything else gives it back to its author, with the reason."""
    quote = await work.session.get_one(Quote, (work.tenant_id, decision.subject_id))
    if decision.state == ApprovalState.APPROVED:
        version = await version_of(work, quote)
        await put_before_client(work, quote, version, await checked(work, quote, version, await rule_of(work)))
    elif decision.state in (ApprovalState.DECLINED, ApprovalState.EXPIRED, ApprovalState.VOID):
        send_back(work, quote, decision.reason)


def send_back(work: UnitOfWork, quote: Quote, reason: str) -> None:
    """The locked quote is a draft again.

    Raises:
        QuoteMoveRefused
    """
    quote.state = QUOTE.after(QuoteMove.SEND_BACK, quote.state)
    quote.review_reason = reason
    quote.version += 1
    work.audit("quote.returned", "quote", quote.id)


QUOTE_RELEASE: Final = ApprovalSubject(
    kind="quote",
    label=N_("要发出的报价单"),
    permission=QuotePermission.QUOTE_DECIDE,
    content=_content,
    follow=_follow,
    page="/workspace/quotes/{id}",
)


def release_request(work: UnitOfWork, quote: Quote, ready: Checked, rule: Rule) -> ApprovalRequest:
    """What somebody else in the company is asked. Whoever may give this much discount may decide."""
    summed = ready.totals
    return ApprovalRequest(
        subject_id=quote.id,
        title=ASKED,
        parameters={"person": quote.submitted_by_name, "title": quote.title},
        facts=(
            Fact(N_("标题"), quote.title),
            Fact(N_("价税合计"), money_text(summed.gross)),
            Fact(N_("让利"), money_text(summed.discount)),
            Fact(N_("毛利率"), "—" if summed.margin is None else percent_text(summed.margin)),
        ),
        expires_at=work.now + DECIDED_WITHIN,
        requester=Requester(quote.submitted_by, quote.submitted_by_account, quote.submitted_by_name),
        amount=summed.discount,
        limits=Limits(by_role=rule.discount_limits),
    )
