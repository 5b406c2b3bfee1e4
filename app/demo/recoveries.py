"""Data recovery in the demo: of each partner that may recover data one case that is over, one that waits for the client
to accept the result, and one that was received today."""

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import Final
from uuid import UUID

from PIL import Image, ImageDraw

from app.demo.onboarding import Client, Partner
from app.demo.simulation import Simulation
from app.platform.files import file_store_of
from billing.data_recovery import (
    CaseVersion,
    CopyWrite,
    Custody,
    DiagnosisWrite,
    FeeBasis,
    FileOutcome,
    FileResult,
    LeastFee,
    MediumDestruction,
    MediumReturn,
    MediumWrite,
    PersonOnCase,
    ReceiptSigning,
    RecoveryAnswers,
    RecoveryCaseCreate,
    RecoveryCases,
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

CATEGORY: Final = "data_recovery"
_GOOD, _PART, _LOST = FileOutcome.RECOVERED, FileOutcome.PARTIAL, FileOutcome.LOST
_PLACE: Final = "客户前台"


async def recover_data(simulation: Simulation, partners: Sequence[Partner]) -> None:
    """Three cases of the first client of each partner that headquarters has authorised."""
    for partner in partners:
        if CATEGORY in partner.company.authorisations:
            await _Bench(simulation, partner, partner.clients[0]).cases()


class _Bench:
    """Each call in a transaction of its own. The dispatcher recovers data, the owner is the second person."""

    def __init__(self, simulation: Simulation, partner: Partner, client: Client) -> None:
        self._simulation = simulation
        self._begin = simulation.runtime.units_of_work.begin
        self._store = file_store_of(simulation.runtime)
        self._partner, self._client, self._ink = partner, client, _signature()

    async def cases(self) -> None:
        done = await self._reported("WD-20EZ-4471", "财务部共享盘：报表和凭证扫描件", (_GOOD, _GOOD, _GOOD, _PART))
        await self._accepted(done)
        await self._reported("ST-1T-8830", "业务一部的合同目录", (_GOOD, _LOST))
        await self._received("SAMSUNG-T7-0192", "前台照片和桌面文件")

    async def _received(self, serial: str, wanted: str) -> UUID:
        medium = MediumWrite(kind="机械硬盘", serial=serial, condition="外壳有磕碰，通电有异响", capacity="2TB")
        asked = RecoveryCaseCreate(
            client_id=self._client.id,
            wanted=wanted,
            giver_name=self._client.company.contact,
            media=[medium],
            consents=True,
            consent_remark="只看要恢复的目录。",
        )
        async with self._begin(self._partner.dispatcher) as work:
            case_id = await RecoveryReception(work, self._store).open(asked)
            receipt = await RecoveryReception(work, self._store).make_receipt(case_id)
        signing = ReceiptSigning(content_hash=receipt.content_hash, image=self._ink, place=_PLACE)
        async with self._begin(self._partner.dispatcher) as work:
            await RecoveryReception(work, self._store).sign(case_id, signing)
        return case_id

    async def _reported(self, serial: str, wanted: str, outcomes: Sequence[FileOutcome]) -> UUID:
        case_id = await self._received(serial, wanted)
        found = DiagnosisWrite(
            findings="磁头老化，盘片完好，可以做镜像。", probability=85, version=await self._version(case_id)
        )
        quote = RecoveryQuote(
            recovery_fee=Decimal(2_800),
            diagnosis_fee=Decimal(200),
            basis=FeeBasis.SHARE,
            without_result=LeastFee.NOTHING,
            when_stopped=LeastFee.DIAGNOSIS,
            work_days=5,
            tax="vat_6",
            version=found.version + 1,
        )
        async with self._begin(self._partner.dispatcher) as work:
            await RecoveryWork(work).diagnose(case_id, found)
        async with self._begin(self._partner.dispatcher) as work:
            await RecoveryQuoting(work).quote(case_id, quote)
        await self._approve(case_id)
        async with self._begin(self._partner.dispatcher) as work:
            started = CaseVersion(version=(await RecoveryCases(work).get(case_id)).version)
            await RecoveryWork(work).start(case_id, started)
        async with self._begin(self._partner.dispatcher) as work:
            copy = CopyWrite(kind="固态硬盘", serial=f"LAB-{serial[-4:]}", place="工作室", capacity="4TB")
            await Custody(work, self._store).add_copy(case_id, copy)
        files = [FileResult(f"{wanted[:4]}/文件 {number}.xlsx", each) for number, each in enumerate(outcomes, 1)]
        async with self._begin(self._partner.dispatcher) as work:
            seen = (await RecoveryCases(work).get(case_id)).version
            await RecoveryWork(work).write_files(case_id, ResultWrite(files=files, version=seen))
        async with self._begin(self._partner.dispatcher) as work:
            report = ResultReport(version=(await RecoveryCases(work).get(case_id)).version, words="请验收。")
            await RecoveryWork(work).report(case_id, report)
        return case_id

    async def _approve(self, case_id: UUID) -> None:
        async with self._begin(self._client.approver) as work:
            quote_id = (await RecoveryCases(work).get(case_id)).quote_id
            offers = OfferedQuotes(work)
            if quote_id is not None:
                offer = await offers.of_quote(quote_id)
                lines = [line.id for line in offer.lines]
                await offers.decide(offer.id, OfferDecision(offer.content_hash, lines, "同意。"))
        await self._simulation.run_due_work()

    async def _accepted(self, case_id: UUID) -> None:
        async with self._begin(self._client.approver) as work:
            result_hash = (await RecoveryCases(work).get(case_id)).result_hash
            await RecoveryAnswers(work).accept(case_id, ResultDecision(result_hash=result_hash, words="都在，谢谢。"))
        async with self._begin(self._partner.dispatcher) as work:
            disk, copy = (await RecoveryCases(work).get(case_id)).media
            receiver = self._client.company.contact
            back = MediumReturn(receiver_name=receiver, place=_PLACE, image=self._ink)
            await Custody(work, self._store).give_back(case_id, disk.id, back)
        owner = self._partner.owner.membership_id
        if owner is None:
            return
        async with self._begin(self._partner.dispatcher) as work:
            await RecoveryPeople(work).join(case_id, PersonOnCase(membership_id=owner))
            gone = MediumDestruction(method="全盘覆写三遍", witness_id=owner, place="工作室")
            await Custody(work, self._store).destroy(case_id, copy.id, gone)

    async def _version(self, case_id: UUID) -> int:
        async with self._begin(self._partner.dispatcher) as work:
            return (await RecoveryCases(work).get(case_id)).version


def _signature() -> bytes:
    """Strokes as the phone sends them."""
    sheet = Image.new("RGBA", (600, 200), (0, 0, 0, 0))
    ImageDraw.Draw(sheet).line(
        [(60, 120), (150, 60), (230, 150), (360, 60), (520, 130)], fill=(22, 32, 58, 255), width=6
    )
    stream = BytesIO()
    sheet.save(stream, "PNG")
    return stream.getvalue()
