"""Offering a quote, taking it back, and writing it anew."""

from uuid import UUID

from app.people.approvals import LinkRecipient, Verdict, decide, request_approval, send_link, withdraw
from app.platform.kernel.errors import StaleVersion
from app.platform.kernel.invariants import present
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.quotes.decision import OFFER_DECISION
from billing.quotes.events import QuoteLapsed
from billing.quotes.models import Quote, QuoteLine, QuoteVersion
from billing.quotes.permissions import QuotePermission
from billing.quotes.release import QUOTE_RELEASE, release_request, send_back
from billing.quotes.repository import lines_of, locked_quote, newest_offer, quote_of, version_of
from billing.quotes.rules import rule_of
from billing.quotes.schemas import OfferLink, QuoteReview
from billing.quotes.sending import checked, put_before_client
from billing.quotes.states import OFFER, QUOTE, OfferMove, QuoteMove, QuoteState


class QuoteOffers:
    """What becomes of a written quote.

    Raises:
        Forbidden: without `quote:write`, and while the company is suspended.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(QuotePermission.QUOTE_WRITE)
        work.require_writable()
        self._work = work

    async def offer(self, quote_id: UUID, seen: int) -> None:
        """Put the draft before the client; beyond the actor's limit of discount or the lowest margin, before somebody
        else in the company first.

        Raises:
            NotFound, QuoteMoveRefused, StaleVersion, and what `checked` refuses.
        """
        work = self._work
        quote = await self._seen(quote_id, seen)
        QUOTE.require(QuoteMove.SUBMIT, quote.state)
        version, rule = await version_of(work, quote), await rule_of(work)
        ready = await checked(work, quote, version, rule)
        actor = work.actor
        quote.submitted_by, quote.submitted_by_account = actor.membership_id, actor.account_id
        quote.submitted_by_name = actor.display_name
        if not rule.exceeds(ready.totals, actor):
            await put_before_client(work, quote, version, ready)
            return
        quote.state = QUOTE.after(QuoteMove.SUBMIT, quote.state)
        quote.review_reason = ""
        quote.version += 1
        work.audit("quote.submitted", "quote", quote.id)
        await work.session.flush()
        await request_approval(work, QUOTE_RELEASE, release_request(work, quote, ready, rule))

    async def take_back(self, quote_id: UUID, seen: int) -> None:
        """Write on what somebody else in the company has not let out yet.

        Raises:
            NotFound, QuoteMoveRefused, StaleVersion.
        """
        quote = await self._seen(quote_id, seen)
        send_back(self._work, quote, "")
        await self._work.session.flush()
        await withdraw(self._work, QUOTE_RELEASE, quote.id, missing_ok=True)

    async def withdraw(self, quote_id: UUID, seen: int) -> None:
        """The quote is off; an offer is not decided any more, and its links end.

        Raises:
            NotFound, QuoteMoveRefused, StaleVersion.
        """
        await _withdraw(self._work, await self._seen(quote_id, seen))

    async def revise(self, quote_id: UUID, seen: int) -> None:
        """A new version to write on, with the lines of the last; an offer that waits is replaced. What never went out
        is written on as it is.

        Raises:
            NotFound, QuoteMoveRefused, StaleVersion.
        """
        work = self._work
        quote = await self._seen(quote_id, seen)
        before = quote.state
        quote.state = QUOTE.after(QuoteMove.REVISE, before)
        await _end_waiting(work, quote, before, OfferMove.REPLACE)
        version = await version_of(work, quote)
        if version.offered_at is not None:
            await self._copy(quote, version)
        quote.decided_at = None
        quote.version += 1
        work.audit("quote.revised", "quote", quote.id, edition=quote.version_number)
        await work.session.flush()

    async def send_link(self, quote_id: UUID, to: OfferLink, *, public_url: str) -> None:
        """Have somebody at the client without an account decide, by a link that is good for one use.

        Raises:
            NotFound.
            ApprovalMoveRefused: nothing waits for the client.
            OwnRequest: the address is that of whoever offered it.
            ContactDetailInvalid: no address.
        """
        quote = await quote_of(self._work, quote_id, locked=True)
        await send_link(self._work, OFFER_DECISION, quote.id, LinkRecipient(to.name, to.email), public_url=public_url)

    async def _seen(self, quote_id: UUID, seen: int) -> Quote:
        quote = await quote_of(self._work, quote_id, locked=True)
        if quote.version != seen:
            raise StaleVersion
        return quote

    async def _copy(self, quote: Quote, version: QuoteVersion) -> None:
        work = self._work
        quote.version_number = version.number + 1
        copied = QuoteVersion(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            client_id=quote.client_id,
            quote_id=quote.id,
            number=quote.version_number,
            currency=version.currency,
            valid_until=None,
            words=version.words,
            created_at=work.now,
            created_by_name=work.actor.display_name,
        )
        work.session.add(copied)
        await work.session.flush()
        kept = (
            *("kind", "code", "name", "unit", "quantity", "unit_price", "cost", "discount"),
            *("price_mode", "tax", "service_category"),
        )
        for line in await lines_of(work, version.id):
            values = {name: getattr(line, name) for name in kept}
            work.session.add(
                QuoteLine(
                    tenant_id=work.tenant_id,
                    id=work.new_id(),
                    client_id=quote.client_id,
                    version_id=copied.id,
                    position=line.position,
                    **values,
                )
            )


async def withdraw_offer(work: UnitOfWork, quote_id: UUID) -> None:
    """For the area whose record the quote is of: it is off, unless it has ended by itself."""
    quote = await locked_quote(work, quote_id)
    if quote is not None and QUOTE.allows(QuoteMove.WITHDRAW, quote.state):
        await _withdraw(work, quote)


async def _withdraw(work: UnitOfWork, quote: Quote) -> None:
    before = quote.state
    quote.state = QUOTE.after(QuoteMove.WITHDRAW, before)
    await _end_waiting(work, quote, before, OfferMove.WITHDRAW)
    quote.version += 1
    work.audit("quote.withdrawn", "quote", quote.id, number=quote.number)
    work.publish(QuoteLapsed(quote_id=quote.id, client_id=quote.client_id))
    await work.session.flush()


async def _end_waiting(work: UnitOfWork, quote: Quote, before: str, move: OfferMove) -> None:
    """End what waits: at the client, or inside the company."""
    if before == QuoteState.OFFERED:
        offer = present(await newest_offer(work, quote.id), "an offered quote has an offer")
        offer.state = OFFER.after(move, offer.state)
        await work.session.flush()
        await withdraw(work, OFFER_DECISION, quote.id, missing_ok=True)
    elif before == QuoteState.IN_REVIEW:
        await work.session.flush()
        await withdraw(work, QUOTE_RELEASE, quote.id, missing_ok=True)


class QuoteReviews:
    """Deciding inside the company whether a quote goes out: never by whoever wants it out."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def decide(self, quote_id: UUID, verdict: Verdict, given: QuoteReview) -> None:
        """With a yes it is put before the client at once.

        Raises:
            Forbidden: without `quote:decide`.
            NotFound: nothing was asked about such a quote.
            ApprovalMoveRefused, RecordChanged, OwnRequest, BeyondLimit, and what `checked` refuses.
        """
        await quote_of(self._work, quote_id)
        await decide(self._work, QUOTE_RELEASE, quote_id, verdict, reason=given.reason)
