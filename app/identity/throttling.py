"""How often identity lets things be tried. The attacker is slowed, the owner is not locked out.

Windows are in seconds. At most ten tries in five minutes for one account, from wherever they come; a browser that has
signed in before has its own count, so that strangers do not use up the owner's. The slow rule holds any account below a
hundred guesses a day, however many networks they come from [NIST SP 800-63B §5.2.2].
"""

from app.kernel.throttle import Rule

FIVE_MINUTES = 300
QUARTER = 900
HOUR = 3600
DAY = 86_400


def sign_in_rules(name_key: str, address: str, browser: str | None) -> list[Rule]:
    """The rules for one try of a password; a known browser counts by itself."""
    if browser is not None:
        return [Rule("sign_in.known_browser", f"{browser}\0{name_key}", 10, QUARTER)]
    return [
        Rule("sign_in.account_network", f"{name_key}\0{address}", 10, QUARTER),
        Rule("sign_in.account", name_key, 10, FIVE_MINUTES),
        Rule("sign_in.account_day", name_key, 100, DAY),
        Rule("sign_in.network", address, 100, QUARTER),
        Rule("sign_in.everywhere", "", 3000, QUARTER),
    ]


def second_factor_rules(account: str, address: str) -> list[Rule]:
    """For one try of a code, by somebody who knows the password: six digits, three of which are right at a time."""
    return [
        Rule("second_factor.account", account, 10, FIVE_MINUTES),
        Rule("second_factor.account_day", account, 100, DAY),
        Rule("second_factor.network", address, 100, QUARTER),
    ]


def forgettable(rules: list[Rule]) -> list[Rule]:
    """The rules that the right password clears: the short ones of this very person in this very place."""
    return [rule for rule in rules if rule.name in ("sign_in.known_browser", "sign_in.account_network")]


def reset_rules(name_key: str, address: str) -> list[Rule]:
    """For asking for a reset link: guards strangers' mailboxes."""
    return [
        Rule("password_reset.account", name_key, 3, HOUR),
        Rule("password_reset.network", address, 20, HOUR),
        Rule("password_reset.everywhere", "", 600, HOUR),
    ]


def link_rules(address: str) -> list[Rule]:
    """For opening reset and invitation links. Their tokens cannot be guessed; this guards the load."""
    return [Rule("link.network", address, 120, QUARTER)]


def invitation_rules(tenant_id: str, address: str) -> list[Rule]:
    """For sending invitations: nobody's mailbox is filled in our name."""
    return [
        Rule("invitation.address", f"{tenant_id}\0{address}", 5, HOUR),
        Rule("invitation.tenant", tenant_id, 300, DAY),
    ]
