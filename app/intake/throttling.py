"""How often a PIN may be tried (I4; docs/security.md). Times are in seconds.

A PIN has six digits. Strangers get ten tries for one device and then ever longer waits: about 110 a day, one chance in
9,000. What they do to a client or everywhere makes their own next tries rarer, network by network, and shuts nobody
out: a network that has not failed lately gets its try. There is room for a whole office behind one address at nine.
"""

from app.identity.throttling import DAY, own_count
from app.kernel.throttle import AnyRule, Backoff, Pressure

FIVE_MINUTES = 300


def pin_rules(device: str, client: str, network_address: str, browser: str | None) -> list[AnyRule]:
    """The rules for one try. `device` is an id where it is known, else what was typed; `browser` is set where somebody
    has come in from it by this device's present PIN.

    `client` is a client's address, whether its device is known or not: with a count of its own for unknown numbers
    whoever used that up would learn from each further answer whether a number exists.
    """
    if browser is not None:
        return own_count("pin.known_browser", f"{browser}\0{device}")
    return [
        Backoff("pin.device", device, free=10, first_wait=10, longest_wait=900, memory_seconds=DAY),
        Backoff(
            "pin.network",
            network_address,
            free=60,
            first_wait=1,
            longest_wait=FIVE_MINUTES,
            memory_seconds=FIVE_MINUTES,
            strained=True,
        ),
        Pressure("pin.client", client, 100, FIVE_MINUTES),
        Pressure("pin.everywhere", "", 1_500, FIVE_MINUTES),
    ]
