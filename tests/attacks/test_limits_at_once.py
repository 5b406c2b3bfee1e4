"""A limit holds however many ask at one moment: what is counted is asked for on many connections at once."""

import ast
import asyncio
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from app.platform.files.uploads import FairQueue
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from rbac.roles.models import Role
from rbac.roles.service import MOST_ROLES
from tests.conftest import ROOT, ClientFor
from tests.factories.network import Network, PartnerCompany
from tests.factories.pictures import photo
from tests.tickets.test_repetition import Scene, scene

__all__ = ["scene"]  # the fixture of the tickets' tests

AT_ONCE = 12
FIRED = {
    "TooManyTokens": "tests/identity/test_session_races.py",
    "TooManyRoles": "here",
    "TooManyFiles": "here",
    "TooManyPhotos": "here",
    "ThresholdExists": "here",
    "AlreadyRated": "the ticket's row is locked",
    "ActionOngoing": "headquarters' profile is locked, by hand and in the daily evaluation",
    "AlreadyErased": "erasing twice erases once",
    "AlreadyMember": "a unique index stands behind it",
    "ExportRunning": "a unique index stands behind it",
}
"""What refuses by a count or by what is there, and what keeps two at one moment from both being let through."""


async def at_once(ask: Callable[[], Awaitable[Any]]) -> list[int]:
    return [answer.status_code for answer in await asyncio.gather(*(ask() for _ in range(AT_ONCE)))]


async def test_roles(http: ClientFor, runtime: Runtime, partner: PartnerCompany) -> None:
    owner = await http(partner.owner)
    async with runtime.units_of_work.begin(partner.system) as work:
        for number in range(MOST_ROLES - 1):
            work.session.add(
                Role(
                    tenant_id=partner.id,
                    id=new_id(),
                    name=f"角色{number}",
                    permissions=["device:read"],
                    created_at=work.now,
                    version=1,
                )
            )

    told = await at_once(
        lambda: owner.post("/api/v1/roles", json={"name": new_id().hex[-12:], "permissions": ["device:read"]})
    )

    assert (told.count(201), told.count(409)) == (1, AT_ONCE - 1)


async def test_files_of_a_ticket(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.desk.tickets.workflow.attachments.MOST_OF_TICKET", 2)
    files, path = [("photos", ("a.jpg", photo(), "image/jpeg"))], f"/api/v1/tickets/{scene.ticket_id}/photos"

    told = await at_once(lambda: scene.reporter.post(path, files=files))

    assert told.count(201) == 2


async def test_photos_of_a_visit(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.desk.tickets.visits.photos.MOST_OF_VISIT", 2)
    shades = iter(range(AT_ONCE))

    def send() -> Awaitable[Any]:
        drawn = BytesIO()
        Image.new("RGB", (40, 30), (20 * next(shades), 0, 0)).save(drawn, "PNG")
        files = [("photos", ("a.png", drawn.getvalue(), "image/png"))]
        sent: Awaitable[Any] = scene.engineer.post(
            f"/api/v1/visits/{scene.visit_id}/photos", files=files, data={"kind": "before"}
        )
        return sent

    told = await at_once(send)

    assert (told.count(201), told.count(409)) == (2, AT_ONCE - 2)


async def test_thresholds(http: ClientFor, network: Network) -> None:
    headquarters = await http(network.administrator)
    wanted = {
        "measure": "satisfaction",
        "comparison": "below",
        "limit": 4.2,
        "fewest_cases": 10,
        "months": 1,
        "due_days": 14,
        "recheck_days": 35,
    }

    told = await at_once(lambda: headquarters.post("/api/v1/quality-thresholds", json=wanted))

    assert (told.count(201), told.count(409)) == (1, AT_ONCE - 1), told


async def test_who_sends_many_pictures_keeps_another_company_waiting_for_one() -> None:
    """Also within a company: each person has a turn before somebody has the next."""
    turns, served = FairQueue(), list[str]()
    one, other = new_id(), new_id()

    async def send(company: Any, person: Any, name: str) -> None:
        async with turns.turn((company, person)):
            served.append(name)
            await asyncio.sleep(0)

    busy, colleague = new_id(), new_id()
    waiting = [asyncio.create_task(send(one, busy, f"busy {number}")) for number in range(4)]
    waiting.append(asyncio.create_task(send(one, colleague, "colleague")))
    waiting.append(asyncio.create_task(send(other, new_id(), "other company")))
    gone = asyncio.create_task(send(other, new_id(), "who left"))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(*waiting)

    assert served == ["busy 0", "busy 1", "other company", "colleague", "busy 2", "busy 3"]
    await send(one, busy, "afterwards")


def test_every_limit_is_fired_at() -> None:
    raised = {
        ast.unparse(node.exc).partition("(")[0]
        for folder in ("app", "tenants", "rbac")
        for path in (ROOT / folder).rglob("service*/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Raise)
        and node.exc is not None
        and ast.unparse(node.exc).startswith(("TooMany", "Already", "ExportRunning"))
    } | {"TooManyRoles"}
    unfired = raised - FIRED.keys() - {"TooManyAttempts", "TooManyChosen"}
    assert not unfired, f"{unfired}: lock before you count, and let many ask at once in this file"
