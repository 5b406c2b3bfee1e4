"""What nobody else may see of quotes."""

import httpx

from tests.isolation.scenery import HELD, INSIDE, OUTSIDE, SECRET, SceneryMaker

HIDDEN_FROM = {
    "quote_id": (*OUTSIDE, *INSIDE, *HELD),
    "quote_line_id": (*OUTSIDE, *INSIDE, *HELD),
    "offered_quote_id": (*OUTSIDE, *INSIDE, *HELD),
}


async def make(scenery: SceneryMaker, manager: httpx.AsyncClient) -> None:
    """A quote that a client was offered, with its cost, the company's rule, and work that was not charged."""
    quotes = "/api/v1/quotes"
    wanted = {"title": SECRET, "ticket_id": str(scenery.ids["ticket_id"]), "words": SECRET}
    scenery.keep("quote_id", await scenery.done(manager.post(quotes, json=wanted)), "id")
    quote = f"{quotes}/{scenery.ids['quote_id']}"
    line = {
        "kind": "part",
        "name": SECRET,
        "unit": "块",
        "quantity": "1",
        "unit_price": "500",
        "cost": "300",
        "tax": "vat_13",
    }
    written = await scenery.done(manager.post(f"{quote}/free-lines", json=line))
    offered = await scenery.done(manager.post(f"{quote}/offer", json={"version": written.json()["version"]}))
    scenery.keep("offered_quote_id", offered, "offered_quote_id")
    scenery.ids["quote_line_id"] = await scenery.found(
        "SELECT id FROM offered_quote_line WHERE offered_quote_id = $1", scenery.ids["offered_quote_id"]
    )
    rule = {"valid_days": 14, "version": 0, "lowest_margin": "10", "dispatcher": "200", "service_manager": "2000"}
    await scenery.done(manager.put("/api/v1/quote-rule", json=rule))
    await scenery.row("goodwill_work", reason=SECRET)
