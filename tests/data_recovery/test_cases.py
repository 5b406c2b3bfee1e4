"""Recovery cases from the receipt to the end, told as they happen."""

from collections.abc import Awaitable
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.platform.kernel.errors import Conflict, DomainError, Forbidden, NotFound, StaleVersion
from billing.data_recovery import (
    CaseReason,
    FileOutcome,
    LeastFee,
    RecoveryAnswers,
    RecoveryCases,
    RecoveryStops,
    ResultDecision,
)
from billing.data_recovery.errors import (
    CopyStays,
    DestructionNotAgreed,
    HandoverToSelf,
    LastPersonStays,
    MediumInCustody,
    MediumMoveRefused,
    NotOnCase,
    PersonHoldsMedium,
    RecoveryConsentMissing,
    RecoveryMoveRefused,
    RecoveryNotAuthorised,
    ResultChanged,
    ResultEmpty,
    WitnessMissing,
)
from billing.data_recovery.models import CustodyEntry
from billing.data_recovery.services.people import RecoveryPeople
from billing.quotes import OfferDecision, OfferedQuotes
from billing.rating.models import Charge
from tests.data_recovery.conftest import DISK, STICK, Workshop

GOOD, PART, LOST = FileOutcome.RECOVERED, FileOutcome.PARTIAL, FileOutcome.LOST


async def refused(call: Awaitable[object], kind: type[DomainError]) -> None:
    with pytest.raises(kind):
        await call


@pytest.mark.slow(8, "opens the first connections, and follows every event of a case")
async def test_a_case_from_the_receipt_to_the_returned_disk(workshop: Workshop) -> None:
    case_id = await workshop.open(DISK)
    opened = await workshop.read(case_id)
    assert (opened.state, opened.media[0].state, opened.custody) == ("opened", "listed", [])
    await workshop.sign(case_id)
    received = await workshop.read(case_id)
    assert (received.state, received.media[0].state) == ("received", "held")
    assert received.receipt
    assert received.receipt.signed_by == "李静"
    assert [clock.label for clock in received.clocks] == ["检测"]
    await workshop.diagnose(case_id)
    await workshop.quote(case_id)
    await workshop.answer(case_id)
    assert (await workshop.read(case_id)).state == "approved"
    assert await workshop.charges(case_id) == [], "an approval alone costs nothing: the fee depends on the result"
    await workshop.start(case_id)
    await workshop.report(case_id, [GOOD, GOOD, PART, LOST])
    await workshop.accept(case_id)
    accepted = await workshop.read(case_id)
    assert (accepted.state, accepted.fee_minor, accepted.fee_reason) == ("accepted", 1_875_00, "share_recovered")
    assert await workshop.charges(case_id) == [1_875_00]
    await workshop.give_back(case_id)
    closed = await workshop.read(case_id)
    assert (closed.state, closed.media[0].state) == ("closed", "returned")
    assert [(link.kind, link.from_name, link.to_name) for link in closed.custody] == [
        ("received", "李静", "张师傅"),
        ("returned", "张师傅", "李静"),
    ]
    assert closed.media[0].certificate_id


async def test_the_approved_line_is_charged_by_the_rule_alone(workshop: Workshop) -> None:
    case_id = await workshop.working()
    async with workshop.units_of_work.begin(workshop.partner.system) as work:
        assert not (await work.session.scalars(select(Charge.id).where(Charge.client_id == workshop.client.id))).all()
    await workshop.report(case_id, [LOST])
    await workshop.accept(case_id)
    shown = await workshop.read(case_id)
    assert (shown.fee_minor, shown.fee_reason) == (0, "nothing_recovered")
    assert await workshop.charges(case_id) == []


async def test_nothing_recovered_costs_the_diagnosis_where_the_quote_said_so(workshop: Workshop) -> None:
    case_id = await workshop.working(without_result=LeastFee.DIAGNOSIS)
    await workshop.report(case_id, [LOST, LOST])
    await workshop.accept(case_id)
    assert await workshop.charges(case_id) == [300_00]


async def test_the_quote_tells_the_rule_and_the_probability(workshop: Workshop) -> None:
    case_id = await workshop.received()
    await workshop.diagnose(case_id, probability=65)
    await workshop.quote(case_id)
    quote_id = (await workshop.read(case_id)).quote_id
    async with workshop.units_of_work.begin(workshop.approver) as work:
        offer = await OfferedQuotes(work).of_quote(quote_id)  # type: ignore[arg-type]
    assert "65%" in offer.words
    assert "按恢复的比例收" in offer.words
    assert offer.gross_minor == 3_000_00


async def test_a_declined_quote_is_followed_by_another_version(workshop: Workshop) -> None:
    case_id = await workshop.received()
    await workshop.diagnose(case_id)
    await workshop.quote(case_id)
    before = (await workshop.read(case_id)).quote_id
    await workshop.answer(case_id, yes=False)
    assert (await workshop.read(case_id)).state == "diagnosed"
    await workshop.quote(case_id, "2000")
    assert (await workshop.read(case_id)).quote_id == before, "a case has one quote, in versions"
    await workshop.answer(case_id)
    await workshop.start(case_id)
    await workshop.report(case_id)
    await workshop.accept(case_id)
    assert await workshop.charges(case_id) == [2_000_00]


async def test_the_bad_disk_that_the_client_wants_back_half_way_ends_the_case(workshop: Workshop) -> None:
    case_id = await workshop.working()
    await workshop.give_back(case_id)
    stopped = await workshop.read(case_id)
    assert (stopped.state, stopped.fee_reason) == ("closed", "stopped"), "nothing is left to work on, or to return"
    assert await workshop.charges(case_id) == [300_00]
    assert not [clock for clock in stopped.clocks if clock.is_open], "nothing is promised any more"


async def test_with_a_working_copy_the_work_goes_on_after_the_disk_went_back(workshop: Workshop) -> None:
    case_id = await workshop.working()
    await workshop.copy(case_id)
    await workshop.give_back(case_id)
    assert (await workshop.read(case_id)).state == "working"
    await workshop.report(case_id)
    await workshop.accept(case_id)
    assert (await workshop.read(case_id)).state == "accepted", "the copy of the client's data is still here"
    await refused(workshop.give_back(case_id, 2), CopyStays)
    await workshop.join(case_id, workshop.colleague)
    await workshop.destroy(case_id, 2)
    assert (await workshop.read(case_id)).state == "closed"


async def test_the_client_stops_the_case_in_its_portal_and_pays_by_the_rule(workshop: Workshop) -> None:
    case_id = await workshop.working()
    given = CaseReason(reason="我们另找了备份", version=await workshop.version(case_id))
    await workshop.as_(workshop.approver, lambda work: RecoveryAnswers(work).want_back(case_id, given))
    assert (await workshop.read(case_id)).state == "stopped"
    assert await workshop.charges(case_id) == [300_00]
    await workshop.give_back(case_id)
    assert (await workshop.read(case_id)).state == "closed"
    assert await workshop.charges(case_id) == [300_00], "once"


async def test_a_case_stopped_before_any_approval_costs_nothing_and_takes_its_quote_along(workshop: Workshop) -> None:
    case_id = await workshop.received()
    await workshop.diagnose(case_id)
    await workshop.quote(case_id)
    given = CaseReason(reason="不修了", version=await workshop.version(case_id))
    await workshop.as_(workshop.dispatcher, lambda work: RecoveryStops(work).stop(case_id, given))
    await workshop.due()
    shown = await workshop.read(case_id)
    assert (shown.state, shown.fee_minor, shown.fee_reason) == ("stopped", 0, "not_approved")
    await refused(workshop.answer(case_id), Conflict)


async def test_stopped_a_moment_after_the_approval_it_counts_as_approved(workshop: Workshop) -> None:
    case_id = await workshop.received()
    await workshop.diagnose(case_id)
    await workshop.quote(case_id)
    quote_id = (await workshop.read(case_id)).quote_id
    async with workshop.units_of_work.begin(workshop.approver) as work:
        offer = await OfferedQuotes(work).of_quote(quote_id)  # type: ignore[arg-type]
        decision = OfferDecision(offer.content_hash, [line.id for line in offer.lines], "")
        await OfferedQuotes(work).decide(offer.id, decision)
    given = CaseReason(reason="不修了", version=await workshop.version(case_id))
    await workshop.as_(workshop.dispatcher, lambda work: RecoveryStops(work).stop(case_id, given))
    await workshop.due()
    assert (await workshop.read(case_id)).state == "stopped"
    assert await workshop.charges(case_id) == [300_00]


async def test_without_the_givers_consent_nothing_is_received(workshop: Workshop) -> None:
    case_id = await workshop.open(consents=False)
    await refused(workshop.sign(case_id), RecoveryConsentMissing)


async def test_only_an_authorised_partner_takes_cases_and_works_on_them(workshop: Workshop) -> None:
    case_id = await workshop.approved()
    await workshop.network.authorise(workshop.partner, "hardware")
    await refused(workshop.open(STICK), RecoveryNotAuthorised)
    await refused(workshop.start(case_id), RecoveryNotAuthorised)
    await workshop.give_back(case_id)
    assert (await workshop.read(case_id)).state == "closed", "media go back all the same"


async def test_a_disk_is_in_custody_once(workshop: Workshop) -> None:
    case_id = await workshop.received(DISK)
    await refused(workshop.open(DISK), MediumInCustody)
    await workshop.open(STICK)
    await workshop.open(STICK)
    await workshop.give_back(case_id)
    await workshop.open(DISK)


async def test_a_medium_changes_hands_by_signature_among_the_cases_people(workshop: Workshop) -> None:
    case_id = await workshop.received()
    await refused(workshop.hand_over(case_id, workshop.colleague), NotOnCase)
    await workshop.join(case_id, workshop.colleague)
    await workshop.hand_over(case_id, workshop.colleague)
    await refused(workshop.hand_over(case_id, workshop.colleague), HandoverToSelf)
    shown = await workshop.read(case_id)
    assert shown.media[0].holder_name == "王师傅"
    assert [(link.number, link.from_name, link.to_name, link.signed_by) for link in shown.custody] == [
        (1, "李静", "张师傅", "李静"),
        (2, "张师傅", "王师傅", "王师傅"),
    ]


async def test_the_chain_of_custody_is_only_added_to(workshop: Workshop) -> None:
    await workshop.received()
    for statement in ("UPDATE custody_entry SET to_name = '别人'", "DELETE FROM custody_entry"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with workshop.units_of_work.begin(workshop.partner.system) as work:
                await work.session.execute(text(statement))


async def test_whoever_holds_a_medium_or_is_the_last_does_not_leave(workshop: Workshop) -> None:
    case_id = await workshop.received()
    holder = workshop.engineer.membership_id
    assert holder
    leave = RecoveryPeople.leave
    await refused(
        workshop.as_(workshop.dispatcher, lambda work: leave(RecoveryPeople(work), case_id, holder)), PersonHoldsMedium
    )
    await workshop.join(case_id, workshop.colleague)
    await workshop.hand_over(case_id, workshop.colleague)
    await workshop.as_(workshop.dispatcher, lambda work: leave(RecoveryPeople(work), case_id, holder))
    await refused(workshop.diagnose(case_id), NotOnCase)
    last = workshop.colleague.membership_id
    assert last
    await workshop.give_back(case_id, by=workshop.colleague)
    other = await workshop.open(STICK)
    await refused(
        workshop.as_(workshop.dispatcher, lambda work: leave(RecoveryPeople(work), other, holder)), LastPersonStays
    )


async def test_a_clients_medium_is_destroyed_when_the_client_agreed_before_a_witness(workshop: Workshop) -> None:
    case_id = await workshop.working()
    await workshop.join(case_id, workshop.colleague)
    await workshop.agree(case_id)
    await refused(workshop.destroy(case_id), CopyStays)
    await workshop.report(case_id)
    await workshop.accept(case_id)
    await refused(workshop.destroy(case_id, witness=workshop.engineer), WitnessMissing)
    await workshop.destroy(case_id)
    shown = await workshop.read(case_id)
    assert (shown.state, shown.media[0].state) == ("closed", "destroyed")
    await refused(workshop.give_back(case_id), MediumMoveRefused)


async def test_without_the_clients_word_nothing_of_it_is_destroyed(workshop: Workshop) -> None:
    case_id = await workshop.working()
    await workshop.join(case_id, workshop.colleague)
    await workshop.report(case_id)
    await workshop.accept(case_id)
    await refused(workshop.destroy(case_id), DestructionNotAgreed)


@pytest.mark.slow(5, "follows every event of a case")
async def test_the_client_accepts_exactly_the_list_that_it_read(workshop: Workshop) -> None:
    case_id = await workshop.working()
    await refused(workshop.report(case_id, []), ResultEmpty)
    await workshop.report(case_id, [GOOD])
    read = (await workshop.read(case_id, workshop.approver)).result_hash
    back = CaseReason(reason="桌面的文件呢？", version=await workshop.version(case_id))
    await workshop.as_(workshop.approver, lambda work: RecoveryAnswers(work).dispute(case_id, back))
    assert (await workshop.read(case_id)).state == "working"
    await workshop.report(case_id, [GOOD, LOST])
    stale = ResultDecision(result_hash=read)
    await refused(
        workshop.as_(workshop.approver, lambda work: RecoveryAnswers(work).accept(case_id, stale)), ResultChanged
    )
    await workshop.accept(case_id)
    await refused(workshop.accept(case_id), RecoveryMoveRefused)
    assert await workshop.charges(case_id) == [1_500_00]


async def test_the_company_does_not_accept_in_the_clients_name(workshop: Workshop) -> None:
    case_id = await workshop.working()
    await workshop.report(case_id)
    given = ResultDecision(result_hash=(await workshop.read(case_id)).result_hash)
    await refused(
        workshop.as_(workshop.partner.owner, lambda work: RecoveryAnswers(work).accept(case_id, given)), Forbidden
    )


async def test_an_old_page_changes_nothing(workshop: Workshop) -> None:
    case_id = await workshop.received()
    given = CaseReason(reason="不修了", version=0)
    await refused(
        workshop.as_(workshop.dispatcher, lambda work: RecoveryStops(work).stop(case_id, given)), StaleVersion
    )


async def test_a_case_names_records_of_its_own_client_alone(workshop: Workshop) -> None:
    await refused(workshop.open(ticket_id=uuid4()), NotFound)
    await refused(workshop.open(device_id=uuid4()), NotFound)
    await refused(workshop.open(employee_id=uuid4()), NotFound)


async def test_the_diagnosis_is_late_after_three_days(workshop: Workshop) -> None:
    case_id = await workshop.received()
    workshop.clock.advance(timedelta(days=3, minutes=1))
    await workshop.due()
    (clock,) = (await workshop.read(case_id)).clocks
    assert clock.standing == "breached"
    await workshop.diagnose(case_id)
    (clock,) = (await workshop.read(case_id)).clocks
    assert clock.standing == "late"


async def test_only_people_on_the_case_and_the_clients_approver_read_the_files_names(workshop: Workshop) -> None:
    case_id = await workshop.working()
    await workshop.write(case_id, GOOD)

    async def names(actor: object) -> int:
        return len(await workshop.as_(actor, lambda work: RecoveryCases(work).files(case_id)))  # type: ignore[arg-type]

    assert await names(workshop.engineer) == 1
    assert await names(workshop.partner.owner) == 0, "the owner sees the case, and no name"
    assert await names(workshop.dispatcher) == 0
    assert await names(workshop.approver) == 0, "the client reads it when it is reported"
    await workshop.join(case_id, workshop.partner.owner)
    assert await names(workshop.partner.owner) == 1
    await workshop.report(case_id)
    assert await names(workshop.approver) == 1
    async with workshop.units_of_work.begin(workshop.partner.system) as work:
        links = (await work.session.scalars(select(CustodyEntry).where(CustodyEntry.case_id == case_id))).all()
        assert links
