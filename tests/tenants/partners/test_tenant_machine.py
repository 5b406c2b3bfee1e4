"""One company from application to its end under every order of decisions, against the table of steps."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any, ClassVar
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.partners.events import ApplicationApproved
from tenants.partners.lifecycle import (
    APPLICATION,
    FIRST_STEPS,
    LISTED_STATES,
    PARTNER,
    ApplicationState,
    ApplicationStep,
    PartnerState,
    Step,
)
from tenants.partners.models import PartnerApplication
from tenants.partners.services.provisioning import provision_partner
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.tenants.partners.applicants import credit_code

DECISIONS = tuple(ApplicationStep)
BY_ITSELF = {*FIRST_STEPS.values(), Step.BEGIN_ERASURE, Step.COMPLETE_ERASURE}
"""Steps that the platform takes, not people."""
BY_PEOPLE = tuple(step for step in Step if step not in BY_ITSELF)
_serial = count(70_000)


@dataclass
class Headquarters:
    """Who decides, and the addresses by which the outcome is looked at."""

    network: Network
    http: ClientFor
    clock: SettableClock
    administrator: httpx.AsyncClient
    visitor: httpx.AsyncClient
    loop: asyncio.AbstractEventLoop

    def run(self, work: Any) -> Any:
        """Do `work` on the test's loop; the machine runs in a thread beside it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()


class TenantMachine(RuleBasedStateMachine):
    """The model is the table of steps; whatever it does not allow must be refused and change nothing."""

    headquarters: ClassVar[Headquarters]

    @initialize()
    def apply(self) -> None:
        self.state: str = ApplicationState.APPLIED
        self.partner_id: UUID | None = None
        self.begins_as = ""
        self.transitions: list[tuple[str, str]] = []
        self.application_id: UUID = self.headquarters.run(self._apply())

    @rule(step=st.sampled_from(DECISIONS), begin_as=st.sampled_from(sorted(FIRST_STEPS)), fresh=st.booleans())
    def decide(self, step: ApplicationStep, begin_as: str, *, fresh: bool) -> None:
        decided = self.partner_id is not None or self.state == ApplicationState.REJECTED
        version = 2 if decided else 1
        body: dict[str, Any] = {"version": version if fresh else version + 5, "reason": "资料齐全"}
        if step is ApplicationStep.APPROVE:
            body |= {"star_level": 3, "territory": ["350200"], "authorisations": ["hardware"], "begin_as": begin_as}
        allowed = not decided and fresh
        answer = self._post(f"partner-applications/{self.application_id}/{step}", body)
        assert answer.status_code == (200 if allowed else 409), answer.text
        if not allowed:
            return
        self.state = APPLICATION.after(step, self.state)
        if step is ApplicationStep.APPROVE:
            self.partner_id, self.begins_as = UUID(answer.json()["partner_id"]), begin_as
            self.transitions.append(("", PartnerState.APPROVED))
        self.look()

    @precondition(lambda self: self.partner_id is not None)
    @rule()
    def provision(self) -> None:
        """However often the event comes: the tenant begins once and is what it has become since."""
        assert self.partner_id
        first = self.state == PartnerState.APPROVED
        self.headquarters.run(self._provision(self.partner_id))
        if first:
            self.transitions.append((self.state, self.begins_as))
            self.state = self.begins_as
            self.owner: Actor = self.headquarters.run(
                self.headquarters.network.member(self.partner_id, "陈总", ["partner_owner"])
            )
            self.client = self.headquarters.run(self.headquarters.http(self.owner))
        self.look()

    @precondition(lambda self: self.partner_id is not None)
    @rule(step=st.sampled_from(BY_PEOPLE), fresh=st.sampled_from((True, True, False)))
    def take(self, step: Step, *, fresh: bool) -> None:
        self.headquarters.clock.advance(timedelta(minutes=1))
        version = self._partner()["version"]
        allowed = PARTNER.allows(step, self.state) and fresh
        body = {"version": version if fresh else version + 5, "reason": f"理由:{step}"}
        answer = self._post(f"partners/{self.partner_id}/{step}", body)
        assert answer.status_code == (200 if allowed else 409), answer.text
        if allowed:
            after = PARTNER.after(step, self.state)
            self.transitions.append((self.state, after))
            self.state = after
            line = self._lines()[-1]
            assert (line["reason"], line["actor_name"]) == (
                f"理由:{step}",
                self.headquarters.network.administrator.display_name,
            )
        else:
            assert self._partner()["version"] == version
        self.look()

    def look(self) -> None:
        """What everybody meets in this state."""
        if self.partner_id is None:
            return
        found = self._partner()
        assert found["state"] == self.state
        assert [(line["before"], line["after"]) for line in self._lines()] == self.transitions
        listed = self._ask(self.headquarters.visitor.get("/api/v1/directory", params={"limit": 200}))
        assert (found["slug"] in [each["slug"] for each in listed.json()["items"]]) == (self.state in LISTED_STATES)
        if self.state == PartnerState.APPROVED:
            return
        read = self._ask(self.client.get("/api/v1/clients")).status_code
        number = next(_serial)
        body = {"name": f"厦门建发{number}", "code": f"jianfa-{number}"}
        written = self._ask(self.client.post("/api/v1/clients", json=body)).status_code
        match self.state:
            case PartnerState.TRIAL | PartnerState.ACTIVE:
                assert (read, written) == (200, 201)
            case PartnerState.SUSPENDED:
                assert (read, written) == (200, 403)
            case _:
                assert read in (401, 403)
                assert written in (401, 403)

    def _partner(self) -> dict[str, Any]:
        answer = self._ask(self.headquarters.administrator.get(f"/api/v1/partners/{self.partner_id}"))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def _lines(self) -> list[dict[str, Any]]:
        """The history of states, oldest first."""
        lines = [line for line in self._partner()["history"] if line["kind"] == "state"]
        return sorted(lines, key=lambda line: str(line["occurred_at"]))

    def _post(self, place: str, body: dict[str, Any]) -> httpx.Response:
        return self._ask(self.headquarters.administrator.post(f"/api/v1/{place}", json=body))

    def _ask(self, call: Any) -> httpx.Response:
        answer: httpx.Response = self.headquarters.run(call)
        assert answer.status_code < 500, answer.text
        return answer

    async def _apply(self) -> UUID:
        number, application_id = next(_serial), new_id()
        async with self.headquarters.network.runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
            work.session.add(
                PartnerApplication(
                    tenant_id=HQ_TENANT_ID,
                    id=application_id,
                    number=f"PA-20261116-{number}",
                    state=ApplicationState.APPLIED,
                    legal_name=f"厦门鹭光信息服务有限公司{number}",
                    credit_code=credit_code(number),
                    city_code="350200",
                    hotline="0592-5550119",
                    contact_name="陈嘉木",
                    mobile="13800138000",
                    email=f"owner-{number}@example.com",
                    slug=f"luguang-{number}",
                    plan="standard",
                    status_token_hash=f"{number:064}",
                    submitted_at=work.now,
                )
            )
        return application_id

    async def _provision(self, partner_id: UUID) -> None:
        async def invite(work: UnitOfWork, *, email: str, name: str) -> None:
            """The owner is made by hand here."""

        event = ApplicationApproved(application_id=self.application_id, partner_id=partner_id, begin_as=self.begins_as)
        await provision_partner(self.headquarters.network.runtime.units_of_work, event, invite)


@pytest.mark.slow(8, "fifteen stories in the database")
async def test_every_order_of_decisions_does_what_the_table_says(
    network: Network, http: ClientFor, clock: SettableClock
) -> None:
    administrator, visitor = await http(network.administrator), await http(None)
    loop = asyncio.get_running_loop()
    TenantMachine.headquarters = Headquarters(network, http, clock, administrator, visitor, loop)
    effort = settings(
        max_examples=15,
        stateful_step_count=15,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, TenantMachine, settings=effort)
