"""Checkouts to which nobody came back: the provider is asked and they end, however often it is done."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from billing.payments.checkouts.left_alone import end_left_alone
from billing.payments.checkouts.models import CheckoutPage
from billing.payments.models import Checkout, Payment
from tests.gateway.payer import GROSS, Payer
from tests.payments.deaths import Died, dying_at

pytestmark = [
    pytest.mark.usefixtures("fresh_counters"),
    pytest.mark.slow(10, "an account at the stand-in and a checkout there"),
]
ENOUGH_STEPS = 14


async def later(payer: Payer, hours: int) -> None:
    """Here and at the provider."""
    payer.clock.set(payer.clock.now() + timedelta(hours=hours))
    payer.at.platform.set_clock(payer.clock.now())


async def look_after(payer: Payer) -> int:
    return await end_left_alone(payer.runtime, payer.at.partner.id)


async def states(payer: Payer) -> list[str]:
    return [each.state for each in await payer.rows(Checkout)]


def at_provider(payer: Payer) -> list[str]:
    return [each["status"] for each in payer.sessions()]


async def lost(payer: Payer, kind: str = "lost answer") -> UUID:
    """Somebody wants to pay, and the provider's answer gets lost."""
    payment = await payer.starts()
    payer.at.platform.goes_wrong(kind, "/v1/checkout/sessions")
    assert (await payer.page.get(f"{payment}/provider")).status_code == 409
    return UUID(payment.rsplit("/", 1)[1])


async def test_a_page_whose_address_nobody_knows_is_closed(payer: Payer) -> None:
    await lost(payer)
    assert (await look_after(payer), await states(payer)) == (0, ["opening"])
    await later(payer, 2)
    assert (await look_after(payer), await states(payer)) == (1, ["expired"])
    assert at_provider(payer) == ["expired"]
    assert await look_after(payer) == 0
    leads_to = await payer.goes_on(await payer.starts())
    assert leads_to == payer.sessions()[-1]["url"]


async def test_of_what_the_provider_never_heard_nothing_stays_open(payer: Payer) -> None:
    await lost(payer, "lost request")
    await payer.starts()
    await later(payer, 2)
    assert (await look_after(payer), await states(payer)) == (2, ["expired", "expired"])
    assert set(at_provider(payer)) <= {"expired"}


async def test_who_paid_on_a_page_that_was_lost_has_paid(payer: Payer) -> None:
    await lost(payer)
    (session,) = payer.sessions()
    payer.pays(session)
    await later(payer, 2)
    assert (await look_after(payer), await states(payer)) == (1, ["paid"])
    await payer.provider_tells()
    (paid,) = await payer.rows(Payment)
    assert (paid.amount, paid.unallocated) == (GROSS, 0)
    await payer.books.check()


async def test_a_page_of_whose_end_nobody_was_told_is_over(payer: Payer) -> None:
    await payer.goes_on(await payer.starts())
    await later(payer, 5)
    assert (await look_after(payer), await states(payer)) == (0, ["open"])
    await later(payer, 24)
    assert (await look_after(payer), await states(payer)) == (1, ["expired"])


async def test_who_paid_and_of_whom_nobody_was_told_has_paid(payer: Payer) -> None:
    await payer.goes_on(await payer.starts())
    (session,) = payer.sessions()
    payer.pays(session)
    await later(payer, 30)
    assert (await look_after(payer), await states(payer)) == (1, ["paid"])
    await payer.books.check()


async def test_days_later_the_page_is_over_by_itself(payer: Payer) -> None:
    await lost(payer)
    await later(payer, 50)
    assert (await look_after(payer), await states(payer)) == (1, ["expired"])
    assert len(payer.sessions()) == 1


async def test_while_the_provider_does_not_answer_it_stays_for_the_next_time(payer: Payer) -> None:
    await lost(payer)
    await later(payer, 2)
    payer.at.platform.goes_wrong("lost answer", "/v1/checkout/sessions")
    assert (await look_after(payer), await states(payer)) == (0, ["opening"])
    assert (await look_after(payer), await states(payer)) == (1, ["expired"])


async def test_wherever_it_is_cut_off_the_next_time_ends_it(payer: Payer, runtime: Runtime) -> None:
    await lost(payer)
    await later(payer, 2)
    deaths = 0
    for fatal in range(1, ENOUGH_STEPS):
        with dying_at(runtime, fatal):
            try:
                await look_after(payer)
            except Died:
                deaths += 1
    await look_after(payer)
    assert deaths > 3
    assert (await states(payer), at_provider(payer)) == (["expired"], ["expired"])


async def test_what_headquarters_keep_is_asked_for_as_it_was_the_first_time(
    payer: Payer, test_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_settings, "application_fee_basis_points", 150)
    await lost(payer)
    monkeypatch.setattr(test_settings, "application_fee_basis_points", 900)
    (checkout,) = await payer.rows(Checkout)
    data = {"idempotency_key": new_id().hex}
    assert (await payer.page.post(f"/api/v1/checkouts/{checkout.id}/payment-page", data=data)).status_code == 200
    (page,) = await payer.rows(CheckoutPage)
    assert (page.id, page.application_fee) == (checkout.id, 1_59)
    assert len(payer.sessions()) == 1
