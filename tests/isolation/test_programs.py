"""A leaked API token against every address of the application, pages and forms too: it is never the person who made it.

Each kind of maker has a token that may all that a token may and one that only reads, and an open invitation to the
maker's own address elsewhere, which is what a thief would answer in the maker's name.
"""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import select

from app.people.identity import Account
from app.platform.http.authentication import SESSION_COOKIE
from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime
from rbac import Access
from rbac.guards import ALLOWS_API_TOKENS, OPTION
from tests.conftest import ClientFor
from tests.factories.background import run_due_work
from tests.factories.network import Network
from tests.identity.conftest import LinkTo, link_to
from tests.isolation.samples import request_of
from tests.isolation.test_routes import OWN_FIELDS, calls, plain

__all__ = ["link_to"]  # the fixture of identity's tests

WHO_SOMEBODY_IS = ("account", "account_second_factor", "account_recovery_code", "account_token", "membership")
"""Tables that a program must leave as they are, besides the sessions of people."""
AS_THE_MAKER = {"as": "signed_in", "language": "en", "theme": "dark"}
"""What forms take that act for whoever is signed in."""
_PARAMETER = re.compile(r"\{(\w+):(\w+)\}")


class Leak:
    """The tokens of one maker, and where the maker is invited to."""

    def __init__(self, full: httpx.AsyncClient, reading: httpx.AsyncClient, invitation: dict[str, str]) -> None:
        self.programs = {"full": full, "read-only": reading}
        self.invitation = invitation


@pytest.fixture(scope="module")
async def leaks(network: Network, http: ClientFor, link_to: LinkTo, runtime: Runtime) -> dict[str, Leak]:
    partner, inviting = await network.partner(), await network.partner()
    await network.service_level(partner)
    client, host = await network.client(partner), await http(inviting.owner)
    asked = {
        "partner_id": str(partner.id),
        "reason": "起火了",
        "record_kinds": ["ticket"],
        "hours": 4,
        "emergency": True,
    }
    opened = await (await http(network.administrator)).post("/api/v1/access-grants", json=asked | {"emergency": True})
    assert opened.status_code == 201, opened.text
    makers: dict[str, Actor] = {
        "a partner's owner": partner.owner,
        "headquarters with emergency access": network.administrator,
        "a client's administrator": client.contact,
    }
    found = {}
    for who, maker in makers.items():
        async with network.signin.sessions() as session:
            email = await session.scalar(select(Account.email).where(Account.id == maker.account_id))
        invited = {"email": email, "display_name": "受邀人", "roles": ["dispatcher"]}
        assert (await host.post("/api/v1/invitations", json=invited)).status_code == 201
        await run_due_work(runtime)
        link = await link_to(inviting.id, str(email))
        full, reading = await http(None), await http(None)
        for program, reads_only in ((full, False), (reading, True)):
            program.headers["authorization"] = f"Bearer {await network.program(maker, reads_only=reads_only)}"
        found[who] = Leak(full, reading, {"tenant_id": str(inviting.id), "token": link.rpartition("/")[2]})
    return found


def address_of(path: str, named: dict[str, str]) -> str:
    """The path with what `named` tells, and nothing that exists for all else."""

    def one(match: re.Match[str]) -> str:
        if match[1] in named:
            return named[match[1]]
        return {"uuid": str(uuid4()), "int": "1"}.get(match[2], "nothing")

    return _PARAMETER.sub(one, path)


def asked_of(handler: HTTPRouteHandler, path: str) -> dict[str, Any]:
    sent = request_of(handler, OWN_FIELDS.get(path))
    return sent | {"data": sent["data"] | AS_THE_MAKER} if "data" in sent and "files" not in sent else sent


def open_to_everybody(application: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    return (each for each in calls(application) if each[2].opt.get(OPTION) is Access.PUBLIC)


@pytest.mark.slow(8, "every open address")
async def test_what_is_open_to_everybody_takes_a_program_for_a_visitor(
    application: Litestar, leaks: dict[str, Leak], http: ClientFor, runtime: Runtime, admin_dsn: str, database: str
) -> None:
    before, faults, nobody = await people(admin_dsn, database), [], await http(None)
    nobody.headers["authorization"] = "Bearer nothing"  # without cookies, so that no form's token is asked for
    for method, path, handler in open_to_everybody(application):
        if path == "/metrics":
            continue
        for who, leak in leaks.items():
            address, sent = address_of(path, leak.invitation), asked_of(handler, path)
            await runtime.redis.flushdb()
            nobody.cookies.clear()
            visitor = await nobody.request(method, address, **sent)
            for kind, program in leak.programs.items():
                await runtime.redis.flushdb()
                program.cookies.clear()
                answer = await program.request(method, address, **sent)
                if plain(answer) != plain(visitor):
                    faults.append(
                        f"{method} {path}: a {kind} token of {who} is answered {answer.status_code} {answer.text[:200]}"
                        f", a visitor {visitor.status_code}: use no part of the actor that a visitor has not"
                    )
                if answer.cookies.get(SESSION_COOKIE):
                    faults.append(f"{method} {path}: a session for a {kind} token of {who}")
    assert not faults, "\n".join(faults)
    assert await people(admin_dsn, database) == before, "a program has changed who somebody is"


@pytest.mark.slow(15, "every address with a program's token")
async def test_nothing_else_makes_a_person_of_a_program(
    application: Litestar, leaks: dict[str, Leak], admin_dsn: str, database: str
) -> None:
    before, faults = await people(admin_dsn, database), []
    for method, path, handler in calls(application):
        needed = handler.opt.get(OPTION)
        if needed is Access.PUBLIC or path in ("/live", "/r/live"):
            continue
        for_people = needed is Access.SIGNED_IN or not path.startswith("/api/")
        closed = for_people and not handler.opt.get(ALLOWS_API_TOKENS)
        for who, leak in leaks.items():
            answer = await leak.programs["full"].request(
                method, address_of(path, leak.invitation), **asked_of(handler, path)
            )
            if closed and answer.status_code != 403:
                faults.append(f"{method} {path}: is for people, and answers a token of {who} with {answer.status_code}")
            if answer.cookies.get(SESSION_COOKIE):
                faults.append(f"{method} {path}: a session for a token of {who}")
    assert not faults, "\n".join(faults)
    assert await people(admin_dsn, database) == before, "a program has changed who somebody is"


async def people(admin_dsn: str, database: str) -> dict[str, str]:
    """A digest of who is who, and of the sessions of people."""
    admin = await asyncpg.connect(admin_dsn, database=database)
    found = {}
    for table in WHO_SOMEBODY_IS:
        found[table] = await admin.fetchval(
            f"SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM \"{table}\" t"
        )
    found["session"] = await admin.fetchval(
        "SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM session t WHERE token_name IS NULL"
    )
    await admin.close()
    return found
