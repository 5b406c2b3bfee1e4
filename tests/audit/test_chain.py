"""The chain over the audit entries: everything written joins it once, and whoever touches it afterwards is found."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import func, select

from app.people.audit import (
    Fault,
    Finding,
    KeptAnchor,
    Linker,
    anchor_day,
    kept_anchors_in,
    link_pending,
    verify,
    verify_chains,
)
from app.people.audit.models import AuditAnchor
from app.platform.kernel.audit import AuditPending
from app.platform.kernel.ids import uuid7_at
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from app.platform.notifications.models import Delivery
from tests.factories.network import Network, PartnerCompany

Tamper = Callable[..., Awaitable[Any]]


@pytest.fixture
async def partner(network: Network, units_of_work: UnitOfWorkFactory) -> PartnerCompany:
    """A partner with ten linked entries."""
    made = await network.partner()
    await written(units_of_work, made, 10)
    await linked(units_of_work, made)
    return made


async def written(units_of_work: UnitOfWorkFactory, partner: PartnerCompany, count: int) -> None:
    async with units_of_work.begin(partner.owner) as work:
        for number in range(count):
            work.audit("ticket.assigned", "ticket", work.new_id(), before="new", after="assigned", number=number)


async def linked(units_of_work: UnitOfWorkFactory, partner: PartnerCompany) -> int:
    async with units_of_work.begin(partner.system) as work:
        return await link_pending(work)


async def findings(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany, *kept_anchors: KeptAnchor
) -> list[Finding]:
    async with units_of_work.begin(partner.system) as work:
        return (await verify(work, kept_anchors)).findings


async def faults(units_of_work: UnitOfWorkFactory, partner: PartnerCompany) -> set[tuple[Fault, int | None]]:
    return {(each.fault, each.sequence) for each in await findings(units_of_work, partner)}


async def entry_at(superuser: asyncpg.Connection, partner: PartnerCompany, sequence: int) -> UUID:
    found: UUID = await superuser.fetchval(
        "SELECT entry_id FROM audit_link WHERE tenant_id = $1 AND sequence = $2", partner.id, sequence
    )
    return found


async def test_an_untouched_chain_has_no_faults(units_of_work: UnitOfWorkFactory, partner: PartnerCompany) -> None:
    async with units_of_work.begin(partner.system) as work:
        verdict = await verify(work)
    assert (verdict.links, verdict.findings) == (10, [])


async def test_what_waits_to_be_linked_is_no_fault(units_of_work: UnitOfWorkFactory, partner: PartnerCompany) -> None:
    await written(units_of_work, partner, 3)
    assert await findings(units_of_work, partner) == []


async def test_linking_costs_what_is_new_and_ends(units_of_work: UnitOfWorkFactory, partner: PartnerCompany) -> None:
    await written(units_of_work, partner, 4)
    assert [await linked(units_of_work, partner), await linked(units_of_work, partner)] == [4, 0]


async def test_a_transaction_that_commits_late_joins_behind_younger_entries(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany
) -> None:
    async with units_of_work.begin(partner.owner) as slow:
        slow.audit("ticket.closed", "ticket", slow.new_id())
        await slow.session.flush()
        await written(units_of_work, partner, 2)
        assert await linked(units_of_work, partner) == 2
    assert await linked(units_of_work, partner) == 1
    assert await findings(units_of_work, partner) == []


async def test_two_linkers_at_once_link_each_entry_once(
    runtime: Runtime, units_of_work: UnitOfWorkFactory, partner: PartnerCompany
) -> None:
    import asyncio

    await written(units_of_work, partner, 30)
    await asyncio.gather(*(Linker(runtime).run_once() for _ in range(3)))
    await Linker(runtime).run_once()
    async with units_of_work.begin(partner.system) as work:
        verdict = await verify(work)
        waiting = await work.session.scalar(select(func.count(AuditPending.id)))
    assert (verdict.links, verdict.findings, waiting) == (40, [], 0)


@pytest.mark.parametrize(
    "edit",
    [
        "action = 'ticket.closed'",
        "occurred_at = occurred_at + interval '1 second'",
        "membership_id = gen_random_uuid()",
        "details = jsonb_set(details, '{after}', '\"closed\"')",
        "network_address = '10.0.0.1'",
    ],
)
async def test_an_edited_entry_is_found(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany, superuser: asyncpg.Connection, edit: str
) -> None:
    await superuser.execute(f"UPDATE audit_entry SET {edit} WHERE id = $1", await entry_at(superuser, partner, 4))
    assert await faults(units_of_work, partner) == {(Fault.ENTRY_CHANGED, 4)}


async def test_a_deleted_entry_is_found(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany, superuser: asyncpg.Connection
) -> None:
    entry_id = await entry_at(superuser, partner, 7)
    await superuser.execute("DELETE FROM audit_entry WHERE id = $1", entry_id)
    assert await findings(units_of_work, partner) == [Finding(Fault.ENTRY_MISSING, 7, entry_id)]


async def test_an_entry_deleted_with_its_link_leaves_a_gap(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany, superuser: asyncpg.Connection
) -> None:
    entry_id = await entry_at(superuser, partner, 7)
    await superuser.execute("DELETE FROM audit_link WHERE entry_id = $1", entry_id)
    await superuser.execute("DELETE FROM audit_entry WHERE id = $1", entry_id)
    assert await faults(units_of_work, partner) == {(Fault.LINK_MISSING, 8)}


async def test_closing_the_gap_breaks_every_later_link(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany, superuser: asyncpg.Connection
) -> None:
    entry_id = await entry_at(superuser, partner, 9)
    await superuser.execute("DELETE FROM audit_link WHERE entry_id = $1", entry_id)
    await superuser.execute("DELETE FROM audit_entry WHERE id = $1", entry_id)
    await superuser.execute("UPDATE audit_link SET sequence = 9 WHERE tenant_id = $1 AND sequence = 10", partner.id)
    assert await faults(units_of_work, partner) == {(Fault.LINK_CHANGED, 9)}


async def test_an_entry_put_in_beside_the_chain_is_found(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany, superuser: asyncpg.Connection
) -> None:
    copied = await superuser.fetchval(
        "INSERT INTO audit_entry SELECT (e).* FROM (SELECT jsonb_populate_record(e, jsonb_build_object("
        "'id', gen_random_uuid())) AS e FROM audit_entry e WHERE id = $1) made RETURNING id",
        await entry_at(superuser, partner, 2),
    )
    assert await findings(units_of_work, partner) == [Finding(Fault.ENTRY_UNLINKED, entry_id=copied)]


async def test_an_entry_put_in_for_a_day_that_was_anchored_is_found(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany, clock: SettableClock
) -> None:
    past = clock.now()
    clock.advance(timedelta(days=3))
    async with units_of_work.begin(partner.system) as work:
        await anchor_day(work)
    clock.set(past)
    await written(units_of_work, partner, 1)
    await linked(units_of_work, partner)
    assert await faults(units_of_work, partner) == {(Fault.ENTRY_BACKDATED, 11)}


async def test_entries_in_another_order_are_found(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany, superuser: asyncpg.Connection
) -> None:
    third, fourth = [await entry_at(superuser, partner, place) for place in (3, 4)]
    spare = uuid7_at(units_of_work.clock.now(), 1)
    for entry_id, now_called in ((third, spare), (fourth, third), (spare, fourth)):
        await superuser.execute("UPDATE audit_link SET entry_id = $2 WHERE entry_id = $1", entry_id, now_called)
    assert await faults(units_of_work, partner) == {(Fault.ENTRY_CHANGED, 3), (Fault.ENTRY_CHANGED, 4)}


async def test_links_in_another_order_are_found(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany, superuser: asyncpg.Connection
) -> None:
    for before, after in ((3, -1), (4, 3), (-1, 4)):
        await superuser.execute(
            "UPDATE audit_link SET sequence = $3 WHERE tenant_id = $1 AND sequence = $2", partner.id, before, after
        )
    assert {Fault.LINK_CHANGED} == {fault for fault, _ in await faults(units_of_work, partner)}
    assert {3, 4, 5} == {sequence for _, sequence in await faults(units_of_work, partner)}


async def test_the_end_of_the_chain_cannot_be_cut_off_behind_an_anchor(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany, superuser: asyncpg.Connection
) -> None:
    async with units_of_work.begin(partner.system) as work:
        await anchor_day(work)
    await superuser.execute(
        "WITH cut AS (DELETE FROM audit_link WHERE tenant_id = $1 AND sequence > 8 RETURNING entry_id) "
        "DELETE FROM audit_entry WHERE id IN (SELECT entry_id FROM cut)",
        partner.id,
    )
    assert await faults(units_of_work, partner) == {(Fault.ANCHOR_BROKEN, 10)}


async def test_a_chain_written_anew_is_found_by_who_kept_an_anchor(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany, superuser: asyncpg.Connection
) -> None:
    """Whoever owns the database can forge everything in it, but not what lies in somebody's letters."""
    async with units_of_work.begin(partner.system) as work:
        await anchor_day(work)
        anchor = (await work.session.scalars(select(AuditAnchor).where(AuditAnchor.tenant_id == partner.id))).one()
    await superuser.execute("UPDATE audit_entry SET action = 'ticket.closed' WHERE tenant_id = $1", partner.id)
    for table in ("audit_link", "audit_anchor"):
        await superuser.execute(f"DELETE FROM {table} WHERE tenant_id = $1", partner.id)
    await superuser.execute(
        "INSERT INTO audit_pending (tenant_id, id) SELECT tenant_id, id FROM audit_entry WHERE tenant_id = $1 "
        "ON CONFLICT DO NOTHING",
        partner.id,
    )
    await linked(units_of_work, partner)
    assert await findings(units_of_work, partner) == []
    kept = kept_anchors_in(f"请保留这封邮件\n{anchor.day} {anchor.sequence} {anchor.hash}\n")
    assert [each.fault for each in await findings(units_of_work, partner, *kept)] == [Fault.ANCHOR_BROKEN]


async def test_an_entry_removed_before_it_was_linked_is_found(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany, superuser: asyncpg.Connection
) -> None:
    await written(units_of_work, partner, 1)
    entry_id = await superuser.fetchval("SELECT id FROM audit_pending WHERE tenant_id = $1", partner.id)
    await superuser.execute("DELETE FROM audit_entry WHERE id = $1", entry_id)
    assert await linked(units_of_work, partner) == 0
    assert await findings(units_of_work, partner) == [Finding(Fault.ENTRY_MISSING, entry_id=entry_id)]


async def test_the_program_s_own_role_can_neither_change_nor_remove(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany
) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import ProgrammingError

    for table in ("audit_entry", "audit_link", "audit_anchor"):
        for statement in (f"UPDATE {table} SET tenant_id = tenant_id", f"DELETE FROM {table}"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                async with units_of_work.begin(partner.system) as work:
                    await work.session.execute(text(statement))


async def test_a_day_has_one_anchor_and_mondays_mail_the_week_to_the_owner(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany, clock: SettableClock
) -> None:
    for _ in range(2):
        async with units_of_work.begin(partner.system) as work:
            await anchor_day(work)
    async with units_of_work.begin(partner.system) as work:
        (anchor,) = (await work.session.scalars(select(AuditAnchor))).all()
        (letter,) = (await work.session.scalars(select(Delivery.text))).all()
    assert anchor.day == date(2026, 11, 16) == clock.now().date()
    assert kept_anchors_in(letter) == [KeptAnchor(10, anchor.hash)]
    assert await findings(units_of_work, partner, *kept_anchors_in(letter)) == []


async def test_the_command_reads_one_tenant_or_all(runtime: Runtime, partner: PartnerCompany) -> None:
    one = await verify_chains(runtime, partner.slug)
    assert (one[partner.slug].links, one[partner.slug].findings) == (10, [])
    assert {"headquarters", partner.slug} <= set(await verify_chains(runtime))
