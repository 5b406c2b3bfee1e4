"""A partner that may recover data, its people, and a client whose disk fell down."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import select

from app.platform.files import FileStore, file_store_of
from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWork, UnitOfWorkFactory
from billing.data_recovery import (
    CaseVersion,
    CopyWrite,
    Custody,
    DiagnosisWrite,
    FeeBasis,
    FileOutcome,
    FileResult,
    Handover,
    LeastFee,
    MediumDestruction,
    MediumReturn,
    MediumWrite,
    PersonOnCase,
    ReceiptSigning,
    RecoveryAnswers,
    RecoveryCaseCreate,
    RecoveryCases,
    RecoveryCaseView,
    RecoveryPeople,
    RecoveryQuote,
    RecoveryQuoting,
    RecoveryReception,
    RecoveryWork,
    ResultDecision,
    ResultReport,
    ResultWrite,
)
from billing.quotes import OfferDecision, OfferedQuotes
from billing.rating.models import Charge
from tests.conftest import START
from tests.factories.background import run_due_work
from tests.factories.network import ClientCompany, Network, PartnerCompany
from tests.factories.pictures import signature_png

Result = TypeVar("Result")
DISK = MediumWrite(kind="机械硬盘 西数 2TB", serial="WD-2TB-7741", condition="摔过，通电有异响")
STICK = MediumWrite(kind="U 盘 32GB", serial="无", condition="接口松动")
SIGNATURE = signature_png()
BOSS_FILE = "财务/2026 年工资表.xlsx"


@dataclass
class Workshop:
    """The partner's recovery bench; each call is a transaction of its own."""

    runtime: Runtime
    units_of_work: UnitOfWorkFactory
    clock: SettableClock
    network: Network
    partner: PartnerCompany
    client: ClientCompany
    engineer: Actor
    colleague: Actor

    @property
    def dispatcher(self) -> Actor:
        return self.partner.dispatcher

    @property
    def approver(self) -> Actor:
        return self.client.contact

    @property
    def store(self) -> FileStore:
        return file_store_of(self.runtime)

    async def as_(self, actor: Actor, act: Callable[[UnitOfWork], Awaitable[Result]]) -> Result:
        async with self.units_of_work.begin(actor) as work:
            return await act(work)

    async def due(self) -> None:
        """Whatever follows events is done."""
        await run_due_work(self.runtime)

    async def read(self, case_id: UUID, by: Actor | None = None) -> RecoveryCaseView:
        return await self.as_(by or self.dispatcher, lambda work: RecoveryCases(work).get(case_id))

    async def version(self, case_id: UUID) -> int:
        return (await self.read(case_id)).version

    async def open(self, *media: MediumWrite, by: Actor | None = None, **more: Any) -> UUID:
        wanted = RecoveryCaseCreate(
            client_id=self.client.id,
            wanted="财务目录和桌面",
            giver_name="李静",
            media=list(media or (DISK,)),
            **({"consents": True} | more),
        )
        return await self.as_(by or self.engineer, lambda work: RecoveryReception(work, self.store).open(wanted))

    async def sign(self, case_id: UUID, by: Actor | None = None) -> None:
        actor = by or self.engineer
        receipt = await self.as_(actor, lambda work: RecoveryReception(work, self.store).make_receipt(case_id))
        signing = ReceiptSigning(content_hash=receipt.content_hash, image=SIGNATURE, place="客户前台")
        await self.as_(actor, lambda work: RecoveryReception(work, self.store).sign(case_id, signing))

    async def received(self, *media: MediumWrite, **more: Any) -> UUID:
        case_id = await self.open(*media, **more)
        await self.sign(case_id)
        return case_id

    async def join(self, case_id: UUID, actor: Actor) -> None:
        assert actor.membership_id
        wanted = PersonOnCase(membership_id=actor.membership_id)
        await self.as_(self.dispatcher, lambda work: RecoveryPeople(work).join(case_id, wanted))

    async def diagnose(self, case_id: UUID, probability: int = 80) -> None:
        found = DiagnosisWrite(
            findings="磁头损坏，盘片完好", probability=probability, version=await self.version(case_id)
        )
        await self.as_(self.engineer, lambda work: RecoveryWork(work).diagnose(case_id, found))

    async def quote(self, case_id: UUID, fee: str = "3000", **more: Any) -> None:
        rule = {
            "diagnosis_fee": Decimal(300),
            "basis": FeeBasis.SHARE,
            "without_result": LeastFee.NOTHING,
            "when_stopped": LeastFee.DIAGNOSIS,
            "work_days": 5,
            "tax": "vat_6",
        }
        wanted = RecoveryQuote(
            recovery_fee=Decimal(fee),
            version=await self.version(case_id),
            **(rule | more),  # type: ignore[arg-type]
        )
        await self.as_(self.dispatcher, lambda work: RecoveryQuoting(work).quote(case_id, wanted))

    async def answer(self, case_id: UUID, *, yes: bool = True) -> None:
        """What the client's approver says of the quote, and what follows."""
        quote_id = (await self.read(case_id)).quote_id
        assert quote_id
        async with self.units_of_work.begin(self.approver) as work:
            offers = OfferedQuotes(work)
            offer = await offers.of_quote(quote_id)
            lines = [line.id for line in offer.lines] if yes else []
            await offers.decide(offer.id, OfferDecision(offer.content_hash, lines, ""))
        await self.due()

    async def approved(self, *media: MediumWrite, **rule: Any) -> UUID:
        case_id = await self.received(*media)
        await self.diagnose(case_id)
        await self.quote(case_id, **rule)
        await self.answer(case_id)
        return case_id

    async def start(self, case_id: UUID) -> None:
        given = CaseVersion(version=await self.version(case_id))
        await self.as_(self.engineer, lambda work: RecoveryWork(work).start(case_id, given))

    async def working(self, *media: MediumWrite, **rule: Any) -> UUID:
        case_id = await self.approved(*media, **rule)
        await self.start(case_id)
        return case_id

    async def write(self, case_id: UUID, *outcomes: FileOutcome, by: Actor | None = None) -> None:
        paths = [BOSS_FILE, *(f"桌面/文件 {place}.docx" for place in range(2, len(outcomes) + 1))]
        files = [FileResult(path, outcome) for path, outcome in zip(paths, outcomes, strict=False)]
        wanted = ResultWrite(files=files, version=await self.version(case_id))
        await self.as_(by or self.engineer, lambda work: RecoveryWork(work).write_files(case_id, wanted))

    async def report(self, case_id: UUID, outcomes: Sequence[FileOutcome] = (FileOutcome.RECOVERED,)) -> None:
        await self.write(case_id, *outcomes)
        given = ResultReport(version=await self.version(case_id))
        await self.as_(self.engineer, lambda work: RecoveryWork(work).report(case_id, given))

    async def accept(self, case_id: UUID) -> None:
        given = ResultDecision(result_hash=(await self.read(case_id)).result_hash)
        await self.as_(self.approver, lambda work: RecoveryAnswers(work).accept(case_id, given))

    async def give_back(self, case_id: UUID, place: int = 1, by: Actor | None = None) -> None:
        medium = (await self.read(case_id)).media[place - 1]
        wanted = MediumReturn(receiver_name="李静", place="客户前台", image=SIGNATURE)
        await self.as_(
            by or self.engineer, lambda work: Custody(work, self.store).give_back(case_id, medium.id, wanted)
        )

    async def hand_over(self, case_id: UUID, to: Actor, place: int = 1, by: Actor | None = None) -> None:
        assert to.membership_id
        medium = (await self.read(case_id)).media[place - 1]
        wanted = Handover(to_id=to.membership_id, place="工作室", image=SIGNATURE)
        await self.as_(
            by or self.engineer, lambda work: Custody(work, self.store).hand_over(case_id, medium.id, wanted)
        )

    async def copy(self, case_id: UUID, serial: str = "LAB-01") -> None:
        wanted = CopyWrite(kind="固态硬盘 4TB", serial=serial, place="工作室")
        await self.as_(self.engineer, lambda work: Custody(work, self.store).add_copy(case_id, wanted))

    async def agree(self, case_id: UUID, place: int = 1) -> None:
        case = await self.read(case_id)
        given = CaseVersion(version=case.version)
        medium_id = case.media[place - 1].id
        await self.as_(
            self.approver, lambda work: RecoveryAnswers(work).agree_to_destruction(case_id, medium_id, given)
        )

    async def destroy(self, case_id: UUID, place: int = 1, witness: Actor | None = None) -> None:
        medium = (await self.read(case_id)).media[place - 1]
        seen = (witness or self.colleague).membership_id
        assert seen
        wanted = MediumDestruction(method="消磁后粉碎", witness_id=seen, place="工作室")
        await self.as_(self.engineer, lambda work: Custody(work, self.store).destroy(case_id, medium.id, wanted))

    async def charges(self, case_id: UUID) -> list[int]:
        """The amounts that are charged for the case, in 分."""
        async with self.units_of_work.begin(self.partner.system) as work:
            rows = await work.session.scalars(select(Charge.amount).where(Charge.source_id == case_id))
            return list(rows)


@pytest.fixture
async def workshop(
    runtime: Runtime,
    units_of_work: UnitOfWorkFactory,
    clock: SettableClock,
    network: Network,
    partner: PartnerCompany,
) -> Workshop:
    clock.set(START)
    await network.authorise(partner, "data_recovery", "hardware")
    client = await network.client(partner)
    engineer = replace(await network.engineer(partner), clients=frozenset({client.id}))
    colleague = await network.engineer(partner, "王师傅")
    return Workshop(runtime, units_of_work, clock, network, partner, client, engineer, colleague)
