"""Background work without its processes: what is due now is done now, in the test's own process and clock."""

from collections.abc import Sequence

from app.background.consumers import handle
from app.background.relay import Delivery, Relay
from app.background.sweeps import Sweeper
from app.kernel.runtime import Runtime
from app.worker import all_consumers, all_sweeps


async def settle(runtime: Runtime) -> None:
    """Relay, consume and sweep with every area's consumers until nothing is due at the clock's time any more.

    What a consumer raises is raised.
    """
    consumers = all_consumers()
    handed: list[Delivery] = []

    async def take(deliveries: Sequence[Delivery]) -> None:
        handed.extend(deliveries)

    relay, sweeper = Relay(runtime, consumers, take), Sweeper(runtime, all_sweeps())
    while await relay.run_once() + await sweeper.run_once():
        while handed:
            await handle(runtime, consumers, *handed.pop(0))
