"""How long contracts take to say whether a report is covered: a client with 500 devices, a contract with 20 lines
that names each of them."""

import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

import msgspec

from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from billing.contracts import CoverageQuestion, coverage_answer
from billing.contracts.models import Contract, ContractVersion
from billing.periods import Period
from billing.terms import CoverageReason, Scope, Terms, terms_digest
from tests.billing.agreed import retainer, terms_of
from tests.factories.network import ClientCompany, Network, PartnerCompany

DEVICES: Final = 500
LINES: Final = 20
ASKED: Final = 300
A_YEAR: Final = timedelta(days=365)


class Measured(NamedTuple):
    """Seconds of one answer, statements included."""

    middle: float
    p95: float


async def measure(
    runtime: Runtime, network: Network, analyse: Callable[[], Awaitable[None]], asked: int = ASKED
) -> Measured:
    """Each question is asked in a transaction of its own, as the hot-line asks it.

    Raises:
        AssertionError: a device of the contract was not covered.
    """
    partner = await network.partner()
    client = await network.client(partner)
    devices = [new_id() for _ in range(DEVICES)]
    await _agree(runtime, partner, client, devices)
    await analyse()
    seconds: list[float] = []
    for number in range(asked):
        question = CoverageQuestion(
            client_id=client.id,
            at=runtime.clock.now(),
            service_category="hardware",
            product_category="printer",
            device_id=devices[number % DEVICES],
        )
        async with runtime.units_of_work.begin(partner.dispatcher) as work:
            started = time.perf_counter()
            answer = await coverage_answer(work, question)
            seconds.append(time.perf_counter() - started)
        assert answer.reason is CoverageReason.INCLUDED, answer
    return Measured(statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1])


async def _agree(runtime: Runtime, partner: PartnerCompany, client: ClientCompany, devices: list[UUID]) -> None:
    today = runtime.clock.now().date()
    terms = _terms(Period(today - A_YEAR, today + A_YEAR), devices)
    contract_id, version_id = new_id(), new_id()
    async with runtime.units_of_work.begin(partner.system) as work:
        ring: dict[str, Any] = {
            "tenant_id": partner.id,
            "client_id": client.id,
            "created_at": work.now,
            "created_by": "bench",
        }
        work.session.add(
            Contract(
                id=contract_id,
                number=f"HT-{uuid4().hex[:20]}",
                title="IT 运维",
                state="active",
                time_zone=terms.time_zone,
                current_version_id=version_id,
                from_day=terms.term.start,
                until_day=terms.term.end,
                **ring,
            )
        )
        await work.session.flush()
        work.session.add(
            ContractVersion(
                id=version_id,
                contract_id=contract_id,
                number=1,
                state="in_force",
                effective_from=terms.term.start,
                terms=msgspec.to_builtins(terms),
                digest=terms_digest(terms),
                **ring,
            )
        )


def _terms(term: Period, devices: list[UUID]) -> Terms:
    """Each line names its share of the devices."""
    lines = [
        msgspec.structs.replace(
            retainer(scope=Scope(device_ids=frozenset(devices[number::LINES]))), key=f"line-{number}"
        )
        for number in range(LINES)
    ]
    return terms_of(*lines, term=term)
