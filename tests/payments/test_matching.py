"""Whose a payment is, and what for."""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from billing.money import Money
from billing.payments.matching import (
    Incoming,
    Matcher,
    MatchReason,
    MatchSuggestion,
    OpenDocument,
    numbers_in,
    plain_name,
)

HAIXIA, HULI = UUID(int=1), UUID(int=2)
DUE = date(2026, 12, 1)


def document(place: int, minor: int, client_id: UUID = HAIXIA) -> OpenDocument:
    due = DUE + timedelta(days=place)
    return OpenDocument(UUID(int=1000 + place), client_id, f"FP-2026-{place:06}", due, Money(minor, "CNY"))


def paid(minor: int, text: str = "", name: str = "", account: str = "") -> Incoming:
    return Incoming(Money(minor, "CNY"), name, account, text)


def matched(
    payment: Incoming,
    *documents: OpenDocument,
    accounts: dict[str, UUID] | None = None,
    names: dict[str, Collection[UUID]] | None = None,
) -> MatchSuggestion | None:
    return Matcher(documents, accounts or {}, names or {}).suggestion(payment)


def parts(found: MatchSuggestion | None) -> list[tuple[int, int]]:
    assert found is not None
    return [(part.item_id.int - 1000, part.amount.minor) for part in found.parts]


def test_numbers_are_found_however_they_are_written() -> None:
    text = "支付账单FP-2026-000123、fp2026000124，ＦＰ－２０２６－０００１２５ 合同HT-2026-0001 流水2026000126"
    assert numbers_in(text) == ["FP-2026-000123", "FP-2026-000124", "FP-2026-000125"]


def test_names_are_compared_without_brackets_and_width() -> None:
    assert plain_name("厦门海峡（进出口）有限公司") == plain_name("厦门海峡(进出口) 有限公司")


def test_the_number_in_the_text_tells_whose_and_what_for() -> None:
    found = matched(paid(100_00, "FP-2026-000002"), document(1, 100_00, HULI), document(2, 100_00))
    assert found is not None
    assert (found.client_id, found.sure, found.reasons) == (HAIXIA, True, (MatchReason.NUMBER, MatchReason.AMOUNT))
    assert parts(found) == [(2, 100_00)]


def test_several_numbers_are_paid_together() -> None:
    found = matched(paid(300_00, "FP-2026-000001 FP-2026-000002"), document(1, 100_00), document(2, 200_00))
    assert parts(found) == [(1, 100_00), (2, 200_00)]
    assert found is not None
    assert MatchReason.SUM in found.reasons


def test_more_than_the_named_document_stays_a_deposit() -> None:
    found = matched(paid(200_00, "FP-2026-000001"), document(1, 100_00), document(2, 70_00))
    assert parts(found) == [(1, 100_00)]
    assert found is not None
    assert not found.sure


def test_an_account_that_was_seen_before_tells_whose() -> None:
    found = matched(paid(50_00, account="6222"), document(1, 50_00), accounts={"6222": HAIXIA})
    assert found is not None
    assert (found.sure, found.reasons[0]) == (True, MatchReason.ACCOUNT)


def test_a_name_that_two_clients_have_tells_nothing() -> None:
    names: dict[str, Collection[UUID]] = {"海峡": {HAIXIA, HULI}}
    assert matched(paid(1, name="海峡"), document(1, 50_00), names=names) is None


def test_an_amount_alone_is_a_guess() -> None:
    found = matched(paid(50_00), document(1, 50_00), document(2, 60_00, HULI))
    assert found is not None
    assert (found.client_id, found.sure) == (HAIXIA, False)
    assert matched(paid(50_00), document(1, 50_00), document(2, 50_00, HULI)) is None


def test_part_of_the_sum_goes_to_what_is_due_longest() -> None:
    found = matched(paid(120_00, name="海峡"), document(2, 90_00), document(1, 100_00), names={"海峡": {HAIXIA}})
    assert parts(found) == [(1, 100_00), (2, 20_00)]
    assert found is not None
    assert MatchReason.OLDEST in found.reasons


def test_some_of_several_documents_add_up() -> None:
    documents = [document(place, minor) for place, minor in enumerate((310_00, 45_50, 127_00, 88_00), 1)]
    assert parts(matched(paid(133_50, name="海峡"), *documents, names={"海峡": {HAIXIA}})) == [(2, 45_50), (4, 88_00)]


def test_two_choices_that_add_up_are_no_answer() -> None:
    documents = [document(place, minor) for place, minor in enumerate((30_00, 40_00, 20_00, 50_00), 1)]
    found = matched(paid(70_00, name="海峡"), *documents, names={"海峡": {HAIXIA}})
    assert parts(found) == [(1, 30_00), (2, 40_00)]  # the first ones in order


def test_a_client_without_open_documents_has_a_deposit() -> None:
    found = matched(paid(70_00, account="6222"), accounts={"6222": HAIXIA})
    assert parts(found) == []


@given(
    amount=st.integers(1, 10**7),
    opens=st.lists(st.integers(1, 10**6), max_size=20),
    named=st.sets(st.integers(1, 20), max_size=3),
)
def test_no_more_is_shared_than_was_paid_or_is_open(amount: int, opens: list[int], named: set[int]) -> None:
    documents = [document(place, minor) for place, minor in enumerate(opens, 1)]
    text = " ".join(f"FP-2026-{place:06}" for place in sorted(named))
    found = matched(paid(amount, text, name="海峡"), *documents, names={"海峡": {HAIXIA}})
    assert found is not None
    shared = dict(parts(found))
    assert len(shared) == len(found.parts)
    assert sum(shared.values()) <= amount
    assert all(0 < minor <= opens[place - 1] for place, minor in shared.items())
    if found.sure:
        assert sum(shared.values()) == amount


def test_what_was_booked_is_not_suggested_again() -> None:
    matcher = Matcher([document(1, 90_00), document(2, 90_00)], {}, {"海峡": {HAIXIA}})
    payment = paid(90_00, name="海峡")
    for place in (1, 2):
        found = matcher.suggestion(payment)
        assert found is not None
        assert parts(found) == [(place, 90_00)]
        matcher.booked(payment, found)
    assert parts(matcher.suggestion(payment)) == []


def test_of_what_was_booked_in_part_the_rest_is_open() -> None:
    matcher = Matcher([document(1, 90_00)], {}, {})
    part = paid(30_00, "FP-2026-000001")
    found = matcher.suggestion(part)
    assert found is not None
    matcher.booked(part, found)
    rest = matcher.suggestion(paid(60_00, "FP-2026-000001"))
    assert rest is not None
    assert (parts(rest), rest.sure) == ([(1, 60_00)], True)


def test_what_was_booked_tells_whose_the_account_is() -> None:
    matcher = Matcher([document(1, 90_00), document(2, 42_00)], {}, {"海峡": {HAIXIA}})
    first = paid(90_00, name="海峡", account="6230")
    found = matcher.suggestion(first)
    assert found is not None
    matcher.booked(first, found)
    later = matcher.suggestion(paid(42_00, name="王老板", account="6230"))
    assert later is not None
    assert (later.client_id, later.reasons[0]) == (HAIXIA, MatchReason.ACCOUNT)
