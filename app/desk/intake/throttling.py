"""How often a PIN may be tried (I4; docs/security.md). Times are in seconds.

A PIN has six digits. Unknown browsers get ten attempts for one device and then growing waits: about 110 a day, one
chance in 9,000. Many failures at a client or everywhere slow down the networks that failed, and nobody else: a network
without recent failures gets its attempt. A whole office behind one address can sign in at the same time.
"""

from app.people.identity import DAY, known_caller_rules
from app.platform.kernel.throttle import AnyRule, Backoff, Pressure

FIVE_MINUTES = 300


def pin_rules(device: str, client: str, network_address: str, browser: str | None) -> list[AnyRule]:
    """The limits for one attempt. `device` is an id where known, else the typed text; `browser` is set where it has
    signed in with this device's present PIN before.

    `client` is a client's address, whether its device is known or not: a separate count for unknown numbers would
    reveal, once used up, which numbers exist.
    """
    if browser is not None:
        return known_caller_rules("pin.known_browser", f"{browser}\0{device}")
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
