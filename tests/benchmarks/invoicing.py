"""How fast a month becomes drafts on one worker, and an invoice a PDF."""

import time
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import select

from app.assets.clients.models import Client
from app.platform.documents import document_pdf
from app.platform.kernel.ids import new_id
from app.platform.kernel.performance import insert_rows
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import SOURCE_LANGUAGE, translator
from billing.invoicing import InvoiceRuns, InvoiceRunStart, Profiles, issue, make_drafts
from billing.invoicing.document import INVOICE_DOCUMENT, invoice_content
from billing.invoicing.models import InvoiceDocument, InvoiceDraft
from billing.rating.models import Charge
from tests.factories.network import Network, PartnerCompany
from tests.invoicing.conftest import SELLER

CLIENTS: Final = 10_000
CHARGES: Final = 10
"""Of each client."""
PAGES: Final = 50


class Measured(NamedTuple):
    """Seconds for the whole run, and for the PDF of one invoice."""

    run: float
    pdf: float


async def measure(runtime: Runtime, network: Network, clients: int = CLIENTS) -> Measured:
    """A partner whose clients all have charges.

    Raises:
        AssertionError: something stands on no draft.
    """
    partner = await network.partner()
    await _charge(runtime, partner, clients)
    today = runtime.clock.now().date()
    async with runtime.units_of_work.begin(partner.owner) as work:
        await Profiles(work).write_seller(SELLER)
        run = await InvoiceRuns(work).start(InvoiceRunStart(today - timedelta(days=1)))
    started = time.perf_counter()
    await make_drafts(runtime.units_of_work, partner.id, run.id)
    seconds = time.perf_counter() - started
    async with runtime.units_of_work.begin(partner.owner) as work:
        done = await InvoiceRuns(work).get(run.id)
        draft = (await work.session.scalars(select(InvoiceDraft).limit(1))).one()
        await issue(work, draft.id, draft.version)
        document = (await work.session.scalars(select(InvoiceDocument))).one()
        content, made_at = invoice_content(document), document.created_at
    assert done.lines == clients * CHARGES, done
    started = time.perf_counter()
    for _ in range(PAGES):
        document_pdf(INVOICE_DOCUMENT.layout, content, translate=translator(SOURCE_LANGUAGE), made_at=made_at)
    return Measured(seconds, (time.perf_counter() - started) / PAGES)


async def _charge(runtime: Runtime, partner: PartnerCompany, clients: int) -> None:
    now = runtime.clock.now()
    ids = [new_id() for _ in range(clients)]
    companies = [
        {
            "id": client_id,
            "code": f"bill-{number}",
            "name": f"客户{number}",
            "short_name": f"客户{number}",
            "engagement_models": [],
            "created_at": now,
        }
        for number, client_id in enumerate(ids)
    ]
    async with runtime.units_of_work.begin(partner.system) as work:
        await insert_rows(work.session, Client, companies)
        await insert_rows(work.session, Charge, [_row(client_id, now) for client_id in ids for _ in range(CHARGES)])


def _row(client_id: UUID, now: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "client_id": client_id,
        "source_kind": "contract",
        "source_id": new_id(),
        "rule": "care",
        "revision": 0,
        "day": (now - timedelta(days=5)).date(),
        "name": "桌面服务月费",
        "quantity": Decimal(1),
        "unit": "period",
        "unit_price": Decimal(106),
        "amount": 106_00,
        "currency": "CNY",
        "tax": "vat_6",
        "price_mode": "tax_included",
        "category": "service_fee",
        "made_at": now,
    }
