"""Which open documents an incoming payment is for: by the numbers in its text, by who pays, and by the amount.

Pure: what is known is given, a suggestion comes back. The same question has the same answer until the matcher is told
what was booked.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from billing.money import Money

MOST_COMBINED: Final = 14
"""Of how many of a client's documents sums are tried: 2^14 at most."""
_NUMBER: Final = re.compile(r"([A-Z]{2})[-_ ]?(20\d{2})[-_ ]?(\d{6})(?!\d)")
_NO_WORD: Final = re.compile(r"[\W_]+")


class MatchReason(StrEnum):
    """Why a payment seems to be somebody's, and for these documents."""

    NUMBER = "number"
    """Its text names a document."""
    ACCOUNT = "account"
    """Somebody has said before whose this bank account is."""
    NAME = "name"
    """The payer is called like the client, or like the buyer on its invoices."""
    AMOUNT = "amount"
    """A document has exactly this amount open."""
    SUM = "sum"
    """Documents have exactly this amount open together."""
    OLDEST = "oldest"
    """No amount fits: what is due longest comes first."""


class OpenDocument(msgspec.Struct, frozen=True):
    """A document with what is open of it. `id` is the open item's."""

    id: UUID
    client_id: UUID
    number: str
    due_on: date
    open: Money


class Incoming(msgspec.Struct, frozen=True):
    """A payment as the bank tells it."""

    amount: Money
    payer_name: str
    payer_account: str
    text: str


class Part(msgspec.Struct, frozen=True):
    """How much of a payment is for a document."""

    item_id: UUID
    amount: Money


class MatchSuggestion(msgspec.Struct, frozen=True):
    """Whose payment it seems to be, and for what. What the parts leave stays with the client as a deposit."""

    client_id: UUID
    parts: tuple[Part, ...]
    reasons: tuple[MatchReason, ...]

    @property
    def sure(self) -> bool:
        """Whether who pays and how much both fit: what nobody has to look at twice."""
        return self.client_is_sure and not {MatchReason.AMOUNT, MatchReason.SUM}.isdisjoint(self.reasons)

    @property
    def client_is_sure(self) -> bool:
        """Whether more than the amount tells who pays."""
        return not {MatchReason.NUMBER, MatchReason.ACCOUNT, MatchReason.NAME}.isdisjoint(self.reasons)


def plain_name(name: str) -> str:
    """A company's name as names are compared: half-width, without spaces and brackets."""
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", name)).casefold()


def plain_account(account: str) -> str:
    """A bank account's number as numbers are compared: letters and digits alone."""
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", account)).upper()


def numbers_in(text: str) -> list[str]:
    """The numbers of documents in a text, however they are written: `FP-2026-000123`, `fp2026000123`."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return list(dict.fromkeys(f"{series}-{year}-{number}" for series, year, number in _NUMBER.findall(plain)))


class Matcher:
    """Answers for many payments from what is known once."""

    def __init__(
        self,
        documents: Iterable[OpenDocument],
        accounts: Mapping[str, UUID],
        names: Mapping[str, Collection[UUID]],
    ) -> None:
        """`accounts`: bank account → whose it is; `names`: plain name → the clients that are called so."""
        self._accounts, self._names = dict(accounts), names
        self._of_client: dict[tuple[UUID, str], dict[UUID, OpenDocument]] = defaultdict(dict)
        self._by_number: dict[str, OpenDocument] = {}
        self._by_amount: dict[Money, dict[UUID, OpenDocument]] = defaultdict(dict)
        for each in sorted(documents, key=lambda document: (document.due_on, document.number, document.id)):
            self._of_client[each.client_id, each.open.currency][each.id] = each
            self._by_number[each.number.upper()] = each
            self._by_amount[each.open][each.id] = each

    def documents_of(self, client_id: UUID, currency: str) -> list[OpenDocument]:
        """What a client has open in a currency, what is due longest first."""
        return list(self._of_client.get((client_id, currency), {}).values())

    def booked(self, payment: Incoming, made: MatchSuggestion) -> None:
        """Know that a payment was booked as suggested: its documents have less open, and its account is known."""
        if payment.payer_account:
            self._accounts[payment.payer_account] = made.client_id
        own = self._of_client[made.client_id, payment.amount.currency]
        for part in made.parts:
            before = own[part.item_id]
            left = msgspec.structs.replace(before, open=before.open - part.amount)
            del self._by_amount[before.open][before.id]
            named = self._by_number.get(before.number.upper()) == before
            if left.open.minor > 0:
                own[left.id] = self._by_amount[left.open][left.id] = left
                if named:
                    self._by_number[left.number.upper()] = left
            else:
                del own[before.id]
                if named:
                    del self._by_number[before.number.upper()]

    def suggestion(self, payment: Incoming) -> MatchSuggestion | None:
        """Whose it seems to be; None where nothing tells."""
        named = [
            document
            for number in numbers_in(payment.text)
            if (document := self._by_number.get(number)) is not None
            and document.open.currency == payment.amount.currency
        ]
        client_id, reasons = self._client(payment, named)
        if client_id is None:
            return None
        return self.for_client(payment, client_id, reasons, named)

    def for_client(
        self,
        payment: Incoming,
        client_id: UUID,
        reasons: tuple[MatchReason, ...] = (),
        named: Sequence[OpenDocument] = (),
    ) -> MatchSuggestion:
        """What it is for, where somebody knows whose it is."""
        own = self.documents_of(client_id, payment.amount.currency)
        mine = [document for document in named if document.client_id == client_id]
        parts, reason = _parts(payment.amount, mine, own)
        return MatchSuggestion(client_id, tuple(parts), (*reasons, *([reason] if reason else [])))

    def _client(self, payment: Incoming, named: Sequence[OpenDocument]) -> tuple[UUID | None, tuple[MatchReason, ...]]:
        of_numbers = {document.client_id for document in named}
        if len(of_numbers) == 1:
            return of_numbers.pop(), (MatchReason.NUMBER,)
        if (known := self._accounts.get(payment.payer_account)) is not None:
            return known, (MatchReason.ACCOUNT,)
        called = self._names.get(plain_name(payment.payer_name), ())
        if len(called) == 1:
            return next(iter(called)), (MatchReason.NAME,)
        of_amount = self._by_amount.get(payment.amount, {})
        if len(of_amount) == 1:
            return next(iter(of_amount.values())).client_id, ()
        return None, ()


def _parts(
    amount: Money, named: Sequence[OpenDocument], own: Sequence[OpenDocument]
) -> tuple[list[Part], MatchReason | None]:
    """How the amount is shared among a client's documents, those that were named first."""
    if not own:
        return [], None
    if named and (found := _exact(amount, named)):
        return found
    if not named and (found := _exact(amount, own)):
        return found
    parts, left = [], amount
    for document in named or own:
        part = min(left, document.open)
        if part.minor > 0:
            parts.append(Part(document.id, part))
            left -= part
    return parts, None if named and not left else MatchReason.OLDEST


def _exact(amount: Money, documents: Sequence[OpenDocument]) -> tuple[list[Part], MatchReason] | None:
    """The documents that have exactly this amount open: one, the first ones in order, or some of the first few."""
    for document in documents:
        if document.open == amount:
            return [Part(document.id, amount)], MatchReason.AMOUNT
    chosen = _first_ones(amount.minor, documents) or _some(amount.minor, documents[:MOST_COMBINED])
    if chosen is None:
        return None
    return [Part(document.id, document.open) for document in chosen], MatchReason.SUM


def _first_ones(wanted: int, documents: Sequence[OpenDocument]) -> list[OpenDocument] | None:
    together = 0
    for place, document in enumerate(documents, 1):
        together += document.open.minor
        if together == wanted:
            return list(documents[:place])
        if together > wanted:
            return None
    return None


def _some(wanted: int, documents: Sequence[OpenDocument]) -> list[OpenDocument] | None:
    """The smallest choice of documents that adds up, of equal ones the earliest; None where there is none, or where two
    different choices of that size do and it would be a guess."""
    sums: dict[int, list[tuple[OpenDocument, ...]]] = {0: [()]}
    for document in documents:
        for total, choices in list(sums.items()):
            reached = total + document.open.minor
            if reached <= wanted:
                longer = [(*choice, document) for choice in choices]
                sums[reached] = sorted([*sums.get(reached, []), *longer], key=len)[:2]
    found = sums.get(wanted, [])
    if not found or not wanted or (len(found) > 1 and len(found[0]) == len(found[1])):
        return None
    return list(found[0])
