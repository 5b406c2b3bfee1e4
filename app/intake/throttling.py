"""How often a PIN may be tried (I4). Windows are in seconds.

A PIN has six digits: ten tries in five minutes are less than one in three hundred a day for each device. The wider
rules stop whoever tries one PIN on many devices; they leave room for a whole office behind one address at nine o'clock.
"""

from app.kernel.throttle import Rule

FIVE_MINUTES = 300


def pin_rules(device: str, client: str, network_address: str) -> list[Rule]:
    """The rules for one try. `device` is an id where it is known, else what was typed.

    `client` is a client's address, whether its device is known or not: with a count of its own for unknown numbers
    whoever used that up would learn from each further answer whether a number exists.
    """
    return [
        Rule("pin.device", device, 10, FIVE_MINUTES),
        Rule("pin.client", client, 100, FIVE_MINUTES),
        Rule("pin.network", network_address, 60, FIVE_MINUTES),
        Rule("pin.everywhere", "", 1_500, FIVE_MINUTES),
    ]


def forgettable(rules: list[Rule]) -> list[Rule]:
    """The rule that the right PIN clears: a shared till is signed in at all day long."""
    return [rule for rule in rules if rule.name == "pin.device"]
