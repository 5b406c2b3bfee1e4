"""Connected accounts: opened by the platform, completed by their owner at Stripe, restricted and disconnected."""

from tests.fakes.stripe.errors import Object, Refusal, malformed, missing
from tests.fakes.stripe.records import Account, Platform, merged_metadata, new_id, page
from tests.fakes.stripe.routes import Request, speaks

COUNTRIES = (
    "AE AT AU BE BG BR CA CH CI CR CY CZ DE DK DO EE ES FI FR GB GI GR GT HK HR HU ID IE IN IT JP LI LT LU LV MT MX MY "
    "NL NO NZ PE PH PL PT RO SE SG SI SK TH TT US UY"
)
"""Where Stripe opens accounts; China is not among them."""
WANTED_AT_FIRST = ["business_profile.url", "external_account", "tos_acceptance.date", "tos_acceptance.ip"]
LINK_SECONDS = 300


@speaks(
    "post",
    "/v1/accounts",
    *("business_profile", "business_type", "capabilities", "controller", "country", "default_currency", "email"),
    *("metadata", "settings", "type"),
)
def open_account(request: Request) -> Object:
    """A new account, that can do nothing yet."""
    platform, given = request.platform, request.given
    _only_the_platform(request)
    country = given.get("country", "US")
    if country not in COUNTRIES.split(" "):
        raise Refusal(f"{country} is not currently supported by Stripe.", code="country_unsupported", param="country")
    if "type" in given and "controller" in given:
        raise malformed("You may only specify one of these parameters: type, controller.", "type")
    kind = given.get("type") or ("none" if "controller" in given else "standard")
    identifier = new_id("acct_")
    account = Account(platform, identifier)
    platform.accounts[identifier] = account
    asked = [name for name, wish in given.get("capabilities", {}).items() if wish.get("requested")]
    account.profile = platform.document.blank("account") | {
        "id": identifier,
        "object": "account",
        "created": platform.now(),
        "type": kind,
        "country": country,
        "default_currency": given.get("default_currency", "usd"),
        "email": given.get("email") or None,
        "business_profile": platform.document.blank("account_business_profile") | given.get("business_profile", {}),
        "business_type": given.get("business_type"),
        "capabilities": dict.fromkeys(asked, "inactive"),
        "charges_enabled": False,
        "payouts_enabled": False,
        "details_submitted": False,
        "metadata": merged_metadata({}, given.get("metadata")),
        "controller": _controller(kind, given.get("controller", {})),
        "requirements": _requirements(WANTED_AT_FIRST, "requirements.past_due"),
        "future_requirements": _requirements([], None),
        "external_accounts": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/accounts/{identifier}/external_accounts",
        },
        "tos_acceptance": {},
    }
    account.profile.pop("settings", None)
    return account.profile


def _controller(kind: str, given: Object) -> Object:
    dashboard = given.get("stripe_dashboard", {}).get("type") or ("full" if kind in {"none", "standard"} else "none")
    return {
        "type": "application",
        "is_controller": True,
        "fees": {"payer": given.get("fees", {}).get("payer", "account")},
        "losses": {"payments": given.get("losses", {}).get("payments", "stripe")},
        "requirement_collection": given.get("requirement_collection", "stripe"),
        "stripe_dashboard": {"type": dashboard},
    }


def _requirements(due: list[str], disabled: str | None) -> Object:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": list(due),
        "disabled_reason": disabled,
        "errors": [],
        "eventually_due": list(due),
        "past_due": list(due) if disabled else [],
        "pending_verification": [],
    }


def _only_the_platform(request: Request) -> None:
    if request.account is not request.platform.own:
        message = "Only Stripe Connect platforms can work with other accounts."
        raise Refusal(message, status=403, code="platform_account_required")


def _profile(request: Request, identifier: str) -> Object:
    account = request.platform.account(identifier)
    if account.profile is None or request.account not in {account, request.platform.own}:
        raise missing("account", identifier, "account")
    return account.profile


@speaks("get", "/v1/accounts/{account}")
def fetch_account(request: Request) -> Object:
    """How an account stands."""
    return _profile(request, request.path["account"])


@speaks("get", "/v1/account")
def fetch_own_account(request: Request) -> Object:
    """The account that a request acts for."""
    return _profile(request, request.account.id)


@speaks("get", "/v1/accounts", "created", "ending_before", "limit", "starting_after")
def list_accounts(request: Request) -> Object:
    """The platform's connected accounts."""
    profiles = [each.profile for each in request.platform.accounts.values() if each.connected and each.profile]
    return page(profiles, request.given, request.url)


@speaks("post", "/v1/accounts/{account}", "business_profile", "email", "metadata")
def update_account(request: Request) -> Object:
    """What a platform may change of an account that its owner keeps at Stripe."""
    profile = _profile(request, request.path["account"])
    if "email" in request.given:
        profile["email"] = request.given["email"]
    profile["business_profile"].update(request.given.get("business_profile", {}))
    profile["metadata"] = merged_metadata(profile["metadata"], request.given.get("metadata"))
    return profile


@speaks("delete", "/v1/accounts/{account}")
def delete_account(request: Request) -> Object:
    """Only where the platform answers for losses may it remove an account."""
    profile = _profile(request, request.path["account"])
    if profile["controller"]["losses"]["payments"] == "stripe":
        raise Refusal("Standard accounts cannot be deleted by the platform.", status=403)
    request.platform.accounts[profile["id"]].connected = False
    return {"id": profile["id"], "object": "account", "deleted": True}


@speaks("post", "/v1/account_links", "account", "collection_options", "refresh_url", "return_url", "type")
def create_link(request: Request) -> Object:
    """Where the owner completes what is missing; good once, for some minutes."""
    _only_the_platform(request)
    given = request.given
    account = request.platform.account(given["account"])
    for name in ("refresh_url", "return_url"):
        if name not in given:
            raise malformed(f"You must provide a {name.replace('_', ' ')}.", name, "parameter_missing")
        if not given[name].startswith(("http://", "https://")):
            raise malformed("Not a valid URL", name, "url_invalid")
    collects = (account.profile or {})["controller"]["requirement_collection"]
    if given["type"] == "account_update" and collects == "stripe":
        raise Refusal("You cannot create `account_update` type Account Links for this account.", param="type")
    now = request.platform.now()
    url = f"https://connect.stripe.com/setup/s/{account.id}/{new_id('')}"
    return {"object": "account_link", "created": now, "expires_at": now + LINK_SECONDS, "url": url}


def complete(account: Account) -> None:
    """Its owner has told Stripe everything."""
    _change(account, [], charges=True, payouts=True)


def restrict(account: Account, due: list[str], *, charges: bool = False, payouts: bool = False) -> None:
    """Stripe wants to know something more."""
    _change(account, due, charges=charges, payouts=payouts)


def _change(account: Account, due: list[str], *, charges: bool, payouts: bool) -> None:
    profile = account.profile
    assert profile is not None
    before = {name: profile[name] for name in ("charges_enabled", "payouts_enabled", "details_submitted")}
    profile |= {"charges_enabled": charges, "payouts_enabled": payouts, "details_submitted": True}
    profile["requirements"] = _requirements(due, None if charges and payouts else "requirements.past_due")
    profile["capabilities"] = dict.fromkeys(profile["capabilities"], "active" if charges else "inactive")
    account.emit("account.updated", profile, before)


def deauthorize(platform: Platform, account: Account) -> None:
    """Its owner has removed the platform: from now on it is as if the account did not exist."""
    application = {"id": platform.application, "object": "application", "name": "Yinghuo"}
    account.emit("account.application.deauthorized", application)
    account.connected = False
