"""Whatever is tried with a case in whatever order: its state, its media, their chains and what is charged agree."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from app.platform.kernel.errors import DomainError
from billing.data_recovery import CaseReason, FileOutcome, RecoveryAnswers, RecoveryStops
from billing.data_recovery.models import RecoveryMedium
from tests.data_recovery.conftest import DISK, STICK, Workshop

STEPS = (
    *("sign", "diagnose", "quote", "approve", "decline", "start", "copy", "report nothing", "report half"),
    *("accept", "dispute", "stop", "want back", "agree", "return 1", "return 2", "destroy 1", "destroy 3"),
    "hand over",
)
GOOD, LOST = FileOutcome.RECOVERED, FileOutcome.LOST
ENDED = {"accepted", "stopped", "closed"}


class Story:
    """One case of a disk and a stick, and what must be true of it."""

    case_id: UUID

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop

    async def run(self, steps: list[str]) -> None:
        workshop = self.workshop
        self.case_id = await workshop.open(DISK, STICK)
        await workshop.join(self.case_id, workshop.colleague)
        self.charged: list[int] = []
        self.links = 0
        for step in steps:
            before = await workshop.read(self.case_id)
            try:
                await self._step(step)()
            except (DomainError, IndexError, AssertionError):
                after = await workshop.read(self.case_id)
                assert (after.state, after.media, after.custody) == (before.state, before.media, before.custody), step
            await self._check(step)
        await self._let_go()

    def _step(self, step: str) -> Callable[[], Awaitable[None]]:
        workshop, case_id = self.workshop, self.case_id
        steps: dict[str, Callable[[], Awaitable[None]]] = {
            "sign": lambda: workshop.sign(case_id),
            "diagnose": lambda: workshop.diagnose(case_id),
            "quote": lambda: workshop.quote(case_id),
            "approve": lambda: workshop.answer(case_id),
            "decline": lambda: workshop.answer(case_id, yes=False),
            "start": lambda: workshop.start(case_id),
            "copy": lambda: workshop.copy(case_id, "LAB-99"),
            "report nothing": lambda: workshop.report(case_id, [LOST]),
            "report half": lambda: workshop.report(case_id, [GOOD, LOST]),
            "accept": lambda: workshop.accept(case_id),
            "dispute": lambda: self._said(workshop.approver, "dispute"),
            "want back": lambda: self._said(workshop.approver, "want_back"),
            "stop": self._stop,
            "agree": lambda: workshop.agree(case_id),
            "return 1": lambda: workshop.give_back(case_id),
            "return 2": lambda: workshop.give_back(case_id, 2),
            "destroy 1": lambda: workshop.destroy(case_id),
            "destroy 3": lambda: workshop.destroy(case_id, 3),
            "hand over": lambda: workshop.hand_over(case_id, workshop.colleague),
        }
        return steps[step]

    async def _said(self, actor: object, name: str) -> None:
        given_reason = CaseReason(reason="说好的", version=await self.workshop.version(self.case_id))
        async with self.workshop.units_of_work.begin(actor) as work:  # type: ignore[arg-type]
            await getattr(RecoveryAnswers(work), name)(self.case_id, given_reason)

    async def _stop(self) -> None:
        given_reason = CaseReason(reason="没有配件", version=await self.workshop.version(self.case_id))
        async with self.workshop.units_of_work.begin(self.workshop.dispatcher) as work:
            await RecoveryStops(work).stop(self.case_id, given_reason)

    async def _check(self, step: str) -> None:
        shown = await self.workshop.read(self.case_id)
        held = [medium for medium in shown.media if medium.state == "held"]
        assert shown.state != "closed" or not held, "nothing of the client's is here any more"
        assert shown.state not in ("accepted", "stopped") or held, "closed when the last has left"
        for medium in shown.media:
            chain = [link for link in shown.custody if link.medium_id == medium.id]
            assert [link.number for link in chain] == list(range(1, len(chain) + 1))
            taken = [link.to_name for link in chain]
            assert [link.from_name for link in chain][1:] == taken[:-1], "each has it from whoever had it"
            ends = [link for link in chain if link.kind in ("returned", "destroyed")]
            assert len(ends) == (medium.state in ("returned", "destroyed"))
            assert not ends or ends[0] is chain[-1], "nothing happens to what has gone"
            assert (medium.state == "held") == bool(chain and not ends)
            assert medium.state != "held" or medium.holder_name == taken[-1]
            assert bool(medium.certificate_id) == bool(ends)
            assert medium.role == "original" or medium.state != "returned", "a copy is never given away"
        assert len(shown.custody) >= self.links, "the chain is only added to"
        self.links = len(shown.custody)
        charged = await self.workshop.charges(self.case_id)
        assert charged[: len(self.charged)] == self.charged
        assert len(charged) <= 1, step
        assert not charged or (shown.state in ENDED and charged == [shown.fee_minor]), step
        self.charged = charged
        assert (shown.fee_minor is not None) == (shown.state in ENDED), step
        assert shown.fee_minor in (None, 0, 300_00, 1_500_00)
        assert not shown.clocks or shown.state not in ENDED or not any(clock.is_open for clock in shown.clocks)

    async def _let_go(self) -> None:
        """So that the next story may receive the same disk."""
        shown = await self.workshop.read(self.case_id)
        async with self.workshop.units_of_work.begin(self.workshop.partner.system) as work:
            await work.session.execute(
                update(RecoveryMedium).where(RecoveryMedium.case_id == shown.id).values(state="withdrawn")
            )


@pytest.mark.slow(90, "each example tries up to fourteen things on the database")
async def test_any_order_leaves_case_media_chains_and_charges_in_agreement(workshop: Workshop) -> None:
    loop = asyncio.get_running_loop()
    way = ["sign", "diagnose", "quote", "approve", "start"]

    @settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow], deadline=None, derandomize=True)
    @given(
        begun=st.integers(0, len(way)),
        steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=9),
    )
    def tried(begun: int, steps: list[str]) -> None:
        story = Story(workshop).run([*way[:begun], *steps])
        asyncio.run_coroutine_threadsafe(story, loop).result()

    await asyncio.to_thread(tried)
