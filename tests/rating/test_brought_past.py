"""A ticket of a past that was brought and is worked on here: what was done before was paid in the former system."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import update

from app.desk.tickets.models import Visit
from billing.rating.requests import charge_rework
from billing.rating.schemas import MarkReason
from billing.rating.service import Charges
from billing.terms import PerIncident
from tests.billing.agreed import HOURLY
from tests.rating.test_work import terms
from tests.rating.work_scene import WorkScene, at

pytestmark = pytest.mark.usefixtures("monday_morning")

BY_TICKET = PerIncident(key="incident", name="单次", tax="vat_6", price=Decimal(200))


async def _brought(scene: WorkScene, *ended: datetime) -> UUID:
    ticket_id = await scene.ticket()
    for arrived in ended:
        visit_id = await scene.visit(ticket_id, arrived)
        async with scene.units_of_work.begin(scene.partner.system) as work:
            await work.session.execute(update(Visit).where(Visit.id == visit_id).values(brought=True))
    return ticket_id


async def test_its_former_visits_cost_nothing_and_its_new_ones_do(scene: WorkScene) -> None:
    await scene.agree(terms(HOURLY))
    ticket_id = await _brought(scene, at(9, 10), at(10, 10))
    await scene.rate(ticket_id)
    assert await scene.standing() == []
    here = await scene.visit(ticket_id, at(16, 10))
    await scene.happened(ticket_id, "resolved", at(16, 11))
    await scene.rate(ticket_id)
    assert await scene.owed() == 23000
    assert {row.visit_id for row in await scene.charges()} == {here}


async def test_an_incident_that_ends_here_is_charged(scene: WorkScene) -> None:
    await scene.agree(terms(BY_TICKET))
    ticket_id = await _brought(scene, at(9, 10))
    await scene.visit(ticket_id, at(16, 10))
    await scene.happened(ticket_id, "resolved", at(16, 11))
    await scene.rate(ticket_id)
    assert await scene.standing() == [("incident/incident", Decimal(1), 20000)]


async def test_an_incident_that_ended_before_is_not_charged_again_when_rework_is(scene: WorkScene) -> None:
    await scene.agree(terms(BY_TICKET))
    ticket_id = await _brought(scene, at(9, 10))
    await scene.happened(ticket_id, "resolved", at(9, 11))
    await scene.happened(ticket_id, "reopened", at(10, 9))
    await scene.visit(ticket_id, at(16, 10))
    await scene.rate(ticket_id)
    async with scene.units_of_work.begin(scene.partner.owner) as work:
        (rated,) = await Charges(work).work_of_ticket(ticket_id)
        await charge_rework(work, rated.id, MarkReason("新问题"))
    assert await scene.standing() == []
