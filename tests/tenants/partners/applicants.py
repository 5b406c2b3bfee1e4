"""Companies that apply, and what reaches their mailboxes."""

import re
from itertools import count
from typing import Any

from sqlalchemy import select
from stdnum.cn import uscc

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.runtime import Runtime
from app.platform.notifications.models import Delivery

XIAMEN, GUANGZHOU, FUZHOU = "350200", "440100", "350100"
_serial = count(1)


def credit_code(number: int) -> str:
    """A valid 统一社会信用代码 that no real company need have."""
    body = f"9135020{number:010d}"
    return body + str(uscc.calc_check_digit(body))


def company(**changes: Any) -> dict[str, Any]:
    """An application without its code, different each time."""
    number = next(_serial)
    return {
        "legal_name": f"厦门鹭光信息服务有限公司{number}",
        "credit_code": credit_code(number),
        "city_code": XIAMEN,
        "slug": f"luguang-{number}",
        "plan": "standard",
        "hotline": "0592-5550119",
        "introduction": "二十位工程师，岛内两小时到场。",
        "contact_name": "陈嘉木",
        "mobile": "138 0013 8000",
        "email": f"owner-{number}@example.com",
    } | changes


async def letters_to(runtime: Runtime, address: str) -> list[Delivery]:
    """What was sent to `address`, oldest first."""
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        found = await work.session.scalars(
            select(Delivery).where(Delivery.address == address).order_by(Delivery.created_at, Delivery.id)
        )
        return list(found)


async def code_sent_to(runtime: Runtime, address: str) -> str:
    """The six digits of the latest letter to `address`."""
    letters = await letters_to(runtime, address)
    found = re.search(r"\d{6}", next(letter.text for letter in reversed(letters) if "verification" in letter.reference))
    assert found
    return found[0]


async def apply(visitor: Any, runtime: Runtime, **changes: Any) -> dict[str, Any]:
    """One application through the API, as a careful applicant makes it. Returns the receipt."""
    wish = company(**changes)
    sent = await visitor.post("/api/v1/partner-applications/verification-codes", json={"address": wish["email"]})
    assert sent.status_code == 202, sent.text
    wish["email_code"] = await code_sent_to(runtime, wish["email"])
    answer = await visitor.post("/api/v1/partner-applications", json=wish)
    assert answer.status_code == 201, answer.text
    return wish | dict(answer.json())


async def id_of(headquarters: Any, number: str) -> str:
    """The id that reviewers use for the application `number`."""
    found = (await headquarters.get("/api/v1/partner-applications", params={"q": number})).json()["items"]
    return str(found[0]["id"])
