"""Headquarters' first page leads with what waits, each with the button that leads to doing it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from tenants.corrective_actions.models import CorrectiveAction
from tests.conftest import START, ClientFor
from tests.corrective_actions.conftest import HEADQUARTERS, NOVEMBER, OCTOBER, TwoSides
from tests.statements.statement_recorder import listen, stop_listening
from tests.tenants.partners.applicants import apply, id_of

ACTIONS = "/api/v1/corrective-actions"
DATES = {"due_on": "2026-11-30", "recheck_on": "2027-01-05"}


async def opened_action(two_sides: TwoSides, http: ClientFor) -> str:
    """An action that headquarters opened after a bad October; its id."""
    by_hq = await http(two_sides.network.administrator)
    await two_sides.resolved(OCTOBER, 60, 40)
    made = await by_hq.post(
        ACTIONS,
        json={"partner_id": str(two_sides.partner.id), "measure": "resolution", "month": "2026-10-31", "limit": 90}
        | DATES,
    )
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def test_an_application_waits_with_its_name_and_leads_to_the_review(
    two_sides: TwoSides, http: ClientFor, runtime: Runtime
) -> None:
    receipt = await apply(await http(None), runtime)
    by_hq = await http(two_sides.network.administrator)
    place = f"/hq/applications/{await id_of(by_hq, receipt['number'])}"
    page = (await by_hq.get("/hq")).text
    assert receipt["legal_name"] in page
    assert f'href="{place}"' in page
    assert page.index('id="decisions"') < page.index('id="outliers"') < page.index('id="figures"')
    assert (await by_hq.get("/navigation/counts")).json()["applications"] >= 1


async def test_an_action_waits_once_it_is_overdue_or_done(
    two_sides: TwoSides, http: ClientFor, clock: SettableClock, runtime: Runtime
) -> None:
    action = await opened_action(two_sides, http)
    by_hq = await http(two_sides.network.administrator)
    place = f'href="/hq/corrective-actions/{action}"'
    waiting_before = (await by_hq.get("/navigation/counts")).json()["corrective-actions"]
    assert "催办" not in decisions_of((await by_hq.get("/hq")).text)

    clock.set(START + timedelta(days=60))
    by_hq = await http(two_sides.network.administrator)
    page = decisions_of((await by_hq.get("/hq")).text)
    assert place in page
    assert "催办" in page
    assert (await by_hq.get("/navigation/counts")).json()["corrective-actions"] > waiting_before

    async with runtime.units_of_work.begin(HEADQUARTERS) as work:
        await work.session.execute(update(CorrectiveAction).values(state="done"))
    assert "到了复查的日子" in decisions_of((await by_hq.get("/hq")).text)


async def test_who_is_out_of_line_stands_there_with_what_can_be_done(two_sides: TwoSides, http: ClientFor) -> None:
    """Early in a month the month before is shown: this one has hardly begun."""
    by_hq = await http(two_sides.network.administrator)
    good = await two_sides.network.partner("守时信息")
    await two_sides.resolved(NOVEMBER, 290, 10, good)
    await two_sides.resolved(NOVEMBER, 20, 30)
    page = (await by_hq.get("/hq")).text
    start = f"/hq/corrective-actions/new?partner={two_sides.partner.id}&amp;measure=resolution&amp;month="
    assert start in page
    assert f"/hq/quality/{two_sides.partner.id}?" in page
    assert "没有定目标" in page


async def test_an_address_of_before_leads_to_the_quality_of_the_network(two_sides: TwoSides, http: ClientFor) -> None:
    by_hq = await http(two_sides.network.administrator)
    answer = await by_hq.get("/hq?grain=month&from=2026-10&to=2026-10")
    assert (answer.status_code, answer.headers["location"]) == (
        302,
        "/hq/quality?grain=month&from=2026-10&to=2026-10",
    )


@pytest.mark.parametrize("partners", [1, 4])
async def test_the_page_asks_no_more_for_more_partners(two_sides: TwoSides, http: ClientFor, partners: int) -> None:
    for number in range(partners):
        await two_sides.resolved(OCTOBER, 10, 40, await two_sides.network.partner(f"第 {number} 家"))
    by_hq = await http(two_sides.network.administrator)
    await by_hq.get("/hq")
    sent: list[str] = []

    def keep(_role: str, text: str, _parameters: tuple[Any, ...]) -> None:
        sent.append(text)

    listen(keep)
    try:
        assert (await by_hq.get("/hq")).status_code == 200
    finally:
        stop_listening(keep)
    assert len(sent) <= 16, "\n".join(sent)


def decisions_of(page: str) -> str:
    """The part of the page that says what waits."""
    return page.partition('id="decisions"')[2].partition('id="outliers"')[0]
