"""An approved credit stands on the next invoice once, however often the month is made anew."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.platform.documents import document_pdf
from app.platform.kernel.texts import SOURCE_LANGUAGE, translator
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from billing.credits.schemas import CreditApproval
from billing.credits.service import ServiceCredits
from billing.credits.states import CreditState
from billing.invoicing.document import INVOICE_DOCUMENT, InvoiceContent
from billing.invoicing.models import InvoiceDocument, InvoiceDraft, InvoiceDraftLine
from billing.invoicing.schemas import InvoiceRunStart
from billing.invoicing.services.drafts import Drafts
from billing.invoicing.services.runs import InvoiceRuns, make_drafts
from billing.terms import Penalty, PenaltyBasis, PenaltyRule, Retainer
from tests.credits.conftest import Credits, agreed
from tests.documents.pdf_reading import text_of
from tests.factories.network import ClientCompany, Network, PartnerCompany
from tests.invoicing.conftest import TODAY, Finance
from tests.rating.work_scene import WorkScene, at

pytestmark = pytest.mark.usefixtures("monday_morning")
STEPS = ("propose", "approve", "rate", "draft", "discard", "reopen")


@pytest.fixture
async def finance(
    units_of_work: UnitOfWorkFactory, network: Network, partner: PartnerCompany, client: ClientCompany
) -> Finance:
    """The partner of the credits, as one that can invoice."""
    writer = await network.member(partner.id, "小财", ["partner_finance"])
    made = Finance(units_of_work, network, partner, writer, client)
    await made.profile()
    return made


class Month:
    """A client's month: its work is rated, its drafts are made, and made again."""

    def __init__(self, finance: Finance, scene: Credits) -> None:
        self.finance, self.scene = finance, scene

    async def approve(self, ticket_id: UUID) -> None:
        async with self.scene.units_of_work.begin(self.finance.partner.owner) as work:
            service = ServiceCredits(work)
            for credit in await self.scene.all():
                if credit.ticket_id == ticket_id and credit.state == CreditState.PROPOSED:
                    await service.approve(credit.id, CreditApproval(version=credit.version))

    async def rate(self, *tickets: UUID) -> None:
        await self.scene.work.rate_contract(self.scene.contract_id, TODAY + timedelta(days=1))
        await self.scene.work.rate(*tickets)

    async def draft(self) -> None:
        async with self.scene.units_of_work.begin(self.finance.writer) as work:
            run = await InvoiceRuns(work).start(InvoiceRunStart(TODAY))
        await make_drafts(self.scene.units_of_work, self.finance.partner.id, run.id)

    async def discard(self) -> None:
        async with self.scene.units_of_work.begin(self.finance.writer) as work:
            for draft_id, version in await self.drafts():
                await Drafts(work).discard(draft_id, version)

    async def reopen(self, ticket_id: UUID) -> None:
        """The client says it is not done; it is done again, later than before."""
        await self.scene.work.happened(ticket_id, "reopened", at(16, 12))
        await self.scene.still_late(ticket_id)
        await self.rate(ticket_id)
        await self.scene.kept_at_last(ticket_id, timedelta(hours=9))
        await self.scene.work.happened(ticket_id, "resolved", at(16, 20))

    async def drafts(self) -> Sequence[tuple[UUID, int]]:
        async with self.scene.units_of_work.begin(self.finance.partner.system) as work:
            rows = await work.session.execute(
                select(InvoiceDraft.id, InvoiceDraft.version).where(InvoiceDraft.state == "draft")
            )
            return [(row.id, row.version) for row in rows]

    async def credited(self, ticket_id: UUID | None = None) -> list[InvoiceDraftLine]:
        """The lines of credits on drafts that stand."""
        async with self.scene.units_of_work.begin(self.finance.partner.system) as work:
            statement = (
                select(InvoiceDraftLine)
                .join(InvoiceDraft, InvoiceDraft.id == InvoiceDraftLine.draft_id)
                .where(InvoiceDraft.state == "draft", InvoiceDraftLine.category == "credit")
                .order_by(InvoiceDraftLine.tax_rate)
            )
            if ticket_id is not None:
                statement = statement.where(InvoiceDraftLine.ticket_id == ticket_id)
            return list(await work.session.scalars(statement))


@pytest.mark.slow(40, "eight examples of some ten transactions each")
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), min_size=3, max_size=8))
async def test_a_month_made_anew_holds_each_credit_once(finance: Finance, steps: list[str]) -> None:
    scene = await agreed(
        WorkScene(finance.units_of_work, finance.partner, finance.client),
        Penalty(share=Decimal("0.05"), most=Decimal(1)),
    )
    month = Month(finance, scene)
    ticket_id = await scene.missed("resolution")
    await scene.work.visit(ticket_id, at(16, 9))
    await scene.work.happened(ticket_id, "resolved", at(16, 10))
    for step in steps:
        match step:
            case "propose":
                await scene.propose(ticket_id)
            case "approve" | "reopen":
                await getattr(month, step)(ticket_id)
            case "rate":
                await month.rate(ticket_id)
            case _:
                await getattr(month, step)()
    await scene.propose(ticket_id)
    await month.approve(ticket_id)
    for _ in range(2):
        await month.rate(ticket_id)
        await month.draft()
    assert [line.gross for line in await month.credited(ticket_id)] == [-180_00]
    assert len([each for each in await scene.all() if each.ticket_id == ticket_id]) == 1


async def test_a_credit_is_taxed_as_the_fees_that_it_gives_back(finance: Finance) -> None:
    lines = (
        Retainer(key="care", name="桌面运维服务", tax="vat_6", amount=Decimal(3000)),
        Retainer(key="spare", name="备用设备", tax="vat_13", amount=Decimal(1000)),
    )
    work_scene = WorkScene(finance.units_of_work, finance.partner, finance.client)
    scene = await agreed(work_scene, Penalty(share=Decimal("0.1"), most=Decimal(1)), *lines)
    month = Month(finance, scene)
    ticket_id = await scene.missed("response")
    await scene.propose(ticket_id)
    await month.approve(ticket_id)
    await month.rate(ticket_id)
    await month.draft()
    found = [(line.tax, line.tax_rate, line.gross, line.day) for line in await month.credited()]
    day = date(2026, 11, 1)
    assert found == [("vat_6", Decimal("0.06"), -300_00, day), ("vat_13", Decimal("0.13"), -100_00, day)]


async def test_the_invoice_on_paper_says_why_it_gives_back(finance: Finance) -> None:
    by_the_hour = PenaltyRule(kind="resolution", basis=PenaltyBasis.HOUR, value=Decimal(50))
    work_scene = WorkScene(finance.units_of_work, finance.partner, finance.client)
    scene = await agreed(work_scene, Penalty(share=Decimal(0), most=Decimal("0.05"), rules=(by_the_hour,)))
    month = Month(finance, scene)
    ticket_id = await scene.missed("resolution", late=timedelta(hours=6))
    await scene.propose(ticket_id)
    await month.approve(ticket_id)
    await month.rate(ticket_id)
    await month.draft()
    (draft_id, _), *_ = await month.drafts()
    await finance.issue(draft_id)
    async with finance.units_of_work.begin(finance.writer) as work:
        row = (await work.session.scalars(select(InvoiceDocument))).one()
    content = msgspec.convert(row.content, InvoiceContent)
    (credit,) = [line for line in content.lines if line.gross < 0]
    assert credit.name.endswith("解决超时 6 小时，每小时 ¥50.00，到每期上限 ¥180.00 为止")
    pdf = document_pdf(INVOICE_DOCUMENT.layout, content, translate=translator(SOURCE_LANGUAGE), made_at=row.created_at)
    said = "".join(text_of(pdf).split())
    assert "解决超时6小时，每小时¥50.00，到每期上限¥180.00为止" in said
    assert "-¥180.00" in said
