"""Names of files are for the people on the case; who is erased, and what headquarters is let into."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.assets.clients.models import Employee
from app.data_exchange.personal_data.errors import NotErasableYet
from app.data_exchange.personal_data.schemas import ErasureCreate
from app.data_exchange.personal_data.services import PersonalDataService
from app.data_exchange.personal_data.tasks import erase_people
from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.personal_data import pseudonym_of
from billing.data_recovery import FileOutcome, RecoveryPeople
from billing.data_recovery.errors import OwnerErased
from billing.data_recovery.models import CustodyEntry, RecoveredFile
from tests.data_recovery.conftest import STICK, Workshop


async def _employee(workshop: Workshop) -> UUID:
    await workshop.network.device(workshop.client, holder="李静")
    async with workshop.units_of_work.begin(workshop.partner.system) as work:
        found = await work.session.scalar(select(Employee.id).where(Employee.client_id == workshop.client.id))
        assert found
        return found


async def _leaves(workshop: Workshop, employee_id: UUID) -> None:
    async with workshop.units_of_work.begin(workshop.partner.system) as work:
        await work.session.execute(update(Employee).where(Employee.id == employee_id).values(state="inactive"))


async def _erase(workshop: Workshop, employee_id: UUID) -> UUID:
    wanted = ErasureCreate(reason="本人要求")
    async with workshop.units_of_work.begin(workshop.partner.owner) as work:
        return (await PersonalDataService(work).erase(workshop.client.id, employee_id, wanted)).id


@pytest.mark.slow(8, "follows every event of a case")
async def test_a_person_is_erased_when_their_case_is_over_and_its_file_names_go_with_them(workshop: Workshop) -> None:
    employee_id = await _employee(workshop)
    case_id = await workshop.received(employee_id=employee_id)
    await _leaves(workshop, employee_id)
    with pytest.raises(NotErasableYet):
        await _erase(workshop, employee_id)
    await workshop.diagnose(case_id)
    await workshop.quote(case_id)
    await workshop.answer(case_id)
    await workshop.start(case_id)
    await workshop.report(case_id, [FileOutcome.RECOVERED])
    await workshop.accept(case_id)
    await workshop.give_back(case_id)
    request_id = await _erase(workshop, employee_id)
    await erase_people(workshop.runtime, workshop.partner.id, [request_id])
    shown = await workshop.read(case_id)
    assert shown.giver_name == pseudonym_of(employee_id)
    assert [link.from_name for link in shown.custody][:1] == [pseudonym_of(employee_id)]
    assert (shown.fee_minor, shown.state) == (3_000_00, "closed"), "what was done and what it cost stays"
    async with workshop.units_of_work.begin(workshop.partner.system) as work:
        assert not (await work.session.scalars(select(RecoveredFile).where(RecoveredFile.case_id == case_id))).all()
        links = (await work.session.scalars(select(CustodyEntry).where(CustodyEntry.case_id == case_id))).all()
        assert len(links) == 2
    with pytest.raises(OwnerErased):
        await workshop.open(STICK, employee_id=employee_id)


async def test_headquarters_reads_no_file_name_under_any_grant(workshop: Workshop) -> None:
    case_id = await workshop.working()
    await workshop.write(case_id, FileOutcome.RECOVERED)
    assert workshop.engineer.membership_id
    for client_id in (None, workshop.client.id):
        reader = Actor(
            kind=ActorKind.HQ,
            tenant_id=workshop.partner.id,
            client_id=client_id,
            membership_id=workshop.engineer.membership_id,
            permissions=workshop.partner.owner.permissions,
        )
        async with workshop.units_of_work.begin(reader) as work:
            assert not (await work.session.scalars(select(RecoveredFile))).all()


async def test_a_person_who_left_the_case_reads_no_name_any_more(workshop: Workshop) -> None:
    case_id = await workshop.working()
    await workshop.write(case_id, FileOutcome.RECOVERED)
    await workshop.join(case_id, workshop.colleague)

    async def names(actor: Actor) -> int:
        async with workshop.units_of_work.begin(actor) as work:
            return len((await work.session.scalars(select(RecoveredFile))).all())

    assert await names(workshop.colleague) == 1
    assert await names(replace(workshop.colleague, clients=None)) == 1
    left = workshop.colleague.membership_id
    assert left
    await workshop.as_(workshop.dispatcher, lambda work: RecoveryPeople(work).leave(case_id, left))
    assert await names(workshop.colleague) == 0
    assert await names(replace(workshop.colleague, clients=None)) == 0
    approver = workshop.approver
    assert await names(approver) == 1
    assert await names(replace(approver, permissions=frozenset())) == 0
