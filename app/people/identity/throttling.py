"""Identity's throttling rules: attackers are slowed, owners are not locked out (docs/security.md).

Times are in seconds. Whoever has signed in before from a browser, or asks in a session, has a count of their own, which
strangers cannot use up. Strangers share one for each account, whose waits grow until fewer than a hundred guesses a day
are possible however many networks they come from [NIST SP 800-63B §5.2.2].
"""

from app.platform.kernel.actor import Actor
from app.platform.kernel.throttle import AnyRule, Backoff, Pressure, SlidingWindow

QUARTER = 900
HOUR = 3600
DAY = 86_400


def known_caller_rules(name: str, key: str) -> list[AnyRule]:
    """For a known caller: ten tries, then waits up to five minutes."""
    return [Backoff(name, key, free=10, first_wait=5, longest_wait=300, memory_seconds=DAY, outlives_redis=True)]


def sign_in_rules(name_key: str, address: str, browser: str | None) -> list[AnyRule]:
    """The rules for one try of a password; a known browser counts by itself."""
    if browser is not None:
        return known_caller_rules("sign_in.known_browser", f"{browser}\0{name_key}")
    return [
        Backoff("sign_in.account", name_key, free=10, first_wait=10, longest_wait=1200, memory_seconds=DAY),
        Backoff("sign_in.network", address, 100, first_wait=1, longest_wait=300, memory_seconds=QUARTER, strained=True),
        Pressure("sign_in.everywhere", "", 3000, QUARTER),
    ]


def second_factor_rules(account: str, address: str, browser: str | None) -> list[AnyRule]:
    """For one try of a code, by somebody who knows the password: six digits, three of which are right at a time."""
    if browser is not None:
        return known_caller_rules("second_factor.known_browser", f"{browser}\0{account}")
    return [
        Backoff("second_factor.account", account, free=10, first_wait=10, longest_wait=1200, memory_seconds=DAY),
        Backoff(
            "second_factor.network", address, 100, first_wait=1, longest_wait=300, memory_seconds=QUARTER, strained=True
        ),
    ]


def reauthentication_rules(actor: Actor) -> list[AnyRule]:
    """For one try of a password or code by somebody who is signed in. Counted by session, so that a stolen one does not
    soon use up its owner's tries; and by account, because a session can be exchanged for another."""
    account = Backoff(
        "again.account",
        str(actor.account_id),
        free=50,
        first_wait=5,
        longest_wait=300,
        memory_seconds=DAY,
        outlives_redis=True,
    )
    return [*known_caller_rules("again.session", str(actor.session_id)), account]


def reset_rules(name_key: str, address: str) -> list[AnyRule]:
    """For asking for a reset link: guards strangers' mailboxes."""
    return [
        SlidingWindow("password_reset.account", name_key, 3, HOUR),
        Backoff(
            "password_reset.network", address, 20, first_wait=15, longest_wait=1800, memory_seconds=HOUR, strained=True
        ),
        Pressure("password_reset.everywhere", "", 600, HOUR),
    ]


def link_rules(address: str) -> list[AnyRule]:
    """For opening reset and invitation links. Their tokens cannot be guessed; this guards the load."""
    return [SlidingWindow("link.network", address, 120, QUARTER)]


def invitation_rules(tenant_id: str, address: str) -> list[AnyRule]:
    """For sending invitations: nobody's mailbox is filled in our name."""
    return [
        SlidingWindow("invitation.address", f"{tenant_id}\0{address}", 5, HOUR),
        SlidingWindow("invitation.tenant", tenant_id, 300, DAY),
    ]
