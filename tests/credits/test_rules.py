"""By the hour, by the day, by a sum: what the contract gives back for each kind of promise."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from billing.terms import Penalty, PenaltyBasis, PenaltyRule, PerIncident
from tests.conftest import ClientFor
from tests.credits.conftest import Credits, agreed
from tests.factories.network import ClientCompany, PartnerCompany
from tests.rating.work_scene import WorkScene

pytestmark = pytest.mark.usefixtures("monday_morning")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES = Penalty(
    share=Decimal("0.05"),
    most=Decimal("0.5"),
    rules=(
        PenaltyRule(kind="response", basis=PenaltyBasis.SUM, value=Decimal(80)),
        PenaltyRule(kind="arrival", basis=PenaltyBasis.HOUR, value=Decimal(50)),
        PenaltyRule(kind="resolution", basis=PenaltyBasis.DAY, value=Decimal(300)),
    ),
)


@pytest.fixture
async def rules(units_of_work: UnitOfWorkFactory, partner: PartnerCompany, client: ClientCompany) -> Credits:
    return await agreed(WorkScene(units_of_work, partner, client), RULES)


async def reckoned(scene: Credits) -> list[tuple[str, str, int, int]]:
    return sorted((each.kind, each.basis, each.units, each.amount) for each in await scene.all())


async def test_each_kind_of_promise_is_reckoned_by_its_own_rule(rules: Credits) -> None:
    ticket_id = await rules.missed("response", "remote_access", "arrival", late=2 * HOUR + timedelta(minutes=1))
    assert await rules.propose(ticket_id) == 3
    assert await reckoned(rules) == [
        ("arrival", "hour", 3, 150_00),
        ("remote_access", "share", 1, 180_00),
        ("response", "sum", 1, 80_00),
    ]


async def test_by_the_day_waiting_for_the_client_does_not_count(rules: Credits) -> None:
    ticket_id = await rules.missed("resolution", late=4 * DAY)
    await rules.ran(ticket_id, (-HOUR, DAY, None), (DAY, 3 * DAY, "client"), (3 * DAY, 3 * DAY + HOUR, None))
    assert await rules.propose(ticket_id) == 1
    assert await reckoned(rules) == [("resolution", "day", 2, 600_00)]


async def test_how_late_is_known_when_the_promise_is_kept(rules: Credits) -> None:
    ticket_id = await rules.missed("arrival")
    await rules.still_late(ticket_id)
    assert await rules.propose(ticket_id) == 0
    await rules.kept_at_last(ticket_id, 5 * HOUR)
    assert await rules.propose(ticket_id) == 1
    assert await reckoned(rules) == [("arrival", "hour", 5, 250_00)]


async def test_where_the_period_costs_nothing_the_sum_is_taxed_as_the_line_that_covers(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany, client: ClientCompany
) -> None:
    penalty = Penalty(
        share=Decimal(0),
        most=Decimal(0),
        most_amount=Decimal(100),
        rules=(PenaltyRule(kind="response", basis=PenaltyBasis.SUM, value=Decimal(80)),),
    )
    by_incident = PerIncident(key="incidents", name="故障处理", tax="vat_13", price=Decimal(200))
    scene = await agreed(WorkScene(units_of_work, partner, client), penalty, by_incident)
    assert await scene.propose(await scene.missed("response"), await scene.missed("response")) == 2
    found = sorted((each.amount, each.period_limit, each.parts["vat_13"]) for each in await scene.all())
    assert found == [(20_00, 100_00, 20_00), (80_00, 100_00, 80_00)]


async def test_the_page_says_the_rule_and_what_it_comes_to(rules: Credits, http: ClientFor) -> None:
    await rules.propose(await rules.missed("arrival", late=3 * HOUR))
    (credit,) = await rules.all()
    owner = await http(rules.partner.owner)
    shown = (await owner.get(f"/workspace/credits/{credit.id}")).text
    assert "每超时一小时赔付 ¥50.00，这次超时 3 小时（不足一小时按一小时），每期最多 ¥1,800.00 (50%)" in shown
    assert "2026-11-01 至 2026-11-30" in shown
