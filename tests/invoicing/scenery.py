"""What nobody else may see of invoices."""

import httpx

from billing.invoicing import Fapiaos, open_items
from billing.invoicing.schemas import AloneApproval, BillingProfileWrite, CreditNoteRequestCreate, LineCredit
from billing.invoicing.services.credit_notes import CreditNotes
from billing.invoicing.services.invoices import Invoices
from billing.invoicing.services.profiles import Profiles
from tests.factories.network import ClientCompany
from tests.invoicing.conftest import Finance, Item
from tests.isolation.scenery import HELD, INSIDE, OUTSIDE, SECRET, STAFF, SceneryMaker

_HIDDEN = (*OUTSIDE, *INSIDE, *STAFF, *HELD)
HIDDEN_FROM = {
    "invoice_id": _HIDDEN,
    "invoice_draft_id": _HIDDEN,
    "invoice_run_id": _HIDDEN,
    "credit_note_id": _HIDDEN,
    "fapiao_id": _HIDDEN,
    "credit_note_request_id": _HIDDEN,
}


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """An invoice of which a part was given back and of which its client was reminded, and another in the making."""
    owner, ids = scenery.owner, scenery.ids
    client = ClientCompany(owner, ids["client_id"], SECRET, "canary", ids["sites"], ids["departments"])
    finance = Finance(scenery.units_of_work, scenery.network, owner, owner.owner, client)
    await finance.profile(title=f"厦门{SECRET}信息科技有限公司")
    async with finance.units_of_work.begin(owner.owner) as work:
        await Profiles(work).write_buyer(client.id, BillingProfileWrite(title=f"厦门{SECRET}集团"))
    item = Item(106_00, f"{SECRET}月费", department_id=client.department_id)
    ids["invoice_id"] = (await finance.issue(await finance.draft([item]))).id
    ids["invoice_draft_id"] = await finance.draft([item])
    async with finance.units_of_work.begin(owner.owner) as work:
        notes = CreditNotes(work)
        (line,) = await Invoices(work).lines(ids["invoice_id"])
        part = CreditNoteRequestCreate(SECRET, (LineCredit(line.id, 1_06),))
        first = await notes.request(ids["invoice_id"], part)
        await notes.issue_alone(first.id, AloneApproval(SECRET, first.version))
        ids["credit_note_id"] = (await notes.of_invoice(ids["invoice_id"]))[0].id
        ids["credit_note_request_id"] = (await notes.request(ids["invoice_id"], part)).id
        (owed,) = await open_items(work, client.id)
    ids["invoice_run_id"] = await scenery.row("invoice_run", state="finished")
    async with finance.units_of_work.begin(owner.owner) as work:
        ids["fapiao_id"] = (await Fapiaos(work).request(ids["invoice_id"])).id
    await scenery.row("charge_deferral")
    await scenery.row("invoice_link", invoice_id=ids["invoice_id"])
    await scenery.row("invoice_reminder", open_item_id=owed.id)
