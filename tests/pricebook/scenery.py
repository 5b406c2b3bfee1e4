"""What nobody else may see of prices."""

import httpx

from tests.isolation.scenery import INSIDE, OUTSIDE, SECRET, SceneryMaker

HIDDEN_FROM = {
    "price_book_id": (*OUTSIDE, *INSIDE),
    "price_id": (*OUTSIDE, *INSIDE),
}


async def make(scenery: SceneryMaker, manager: httpx.AsyncClient) -> None:
    """A draft of a price book with one price."""
    versions = "/api/v1/price-book-versions"
    scenery.keep("price_book_id", await scenery.done(manager.post(versions)), "id")
    price = {
        "code": "DT-HOUR",
        "name": SECRET,
        "unit": "小时",
        "service_category": "hardware",
        "unit_price": "180.00",
        "tax": "vat_6",
    }
    prices = f"{versions}/{scenery.ids['price_book_id']}/prices"
    scenery.keep("price_id", await scenery.done(manager.post(prices, json=price)), "id")
