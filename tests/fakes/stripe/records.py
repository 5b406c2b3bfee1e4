"""Who stores what: a platform by its secret key, its connected accounts, and every object in exactly one account."""

import secrets
import time
from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.stripe.document import Document
from tests.fakes.stripe.errors import Object, Refusal, malformed, missing

PREFIXES = {
    "account": "acct_",
    "application_fee": "fee_",
    "balance_transaction": "txn_",
    "charge": "ch_",
    "checkout.session": "cs_test_",
    "dispute": "du_",
    "event": "evt_",
    "fee_refund": "fr_",
    "payment_intent": "pi_",
    "payout": "po_",
    "refund": "re_",
    "webhook_endpoint": "we_",
}
PAGE, LARGEST_PAGE = 10, 100


def new_id(prefix: str) -> str:
    """An identifier that nothing else has."""
    return prefix + secrets.token_hex(12)


@dataclass
class KeptAnswer:
    """What a key was first used for; without an answer it still is."""

    request: tuple[str, str, str]
    until: int
    request_id: str
    status: int = 0
    body: Object = field(default_factory=dict)


class Account:
    """One company's objects. Another account's are not to be seen from here, by no identifier."""

    def __init__(self, platform: "Platform", identifier: str, profile: Object | None = None) -> None:
        self.platform = platform
        self.id = identifier
        self.profile = profile
        self.objects: defaultdict[str, dict[str, Object]] = defaultdict(dict)
        self.kept: dict[str, KeptAnswer] = {}
        self.connected = True

    def add(self, kind: str, **fields: Any) -> Object:
        """A new object: as the document describes it, with these fields."""
        made = self.platform.document.blank(kind) | {"object": kind, "created": self.platform.now(), "livemode": False}
        made |= {"metadata": {}} if "metadata" in self.platform.document.schemas[kind]["properties"] else {}
        made |= {"id": new_id(PREFIXES[kind])} | fields
        known = self.platform.document.schemas[kind]["properties"]
        made = {name: value for name, value in made.items() if name in known}
        self.objects[kind][made["id"]] = made
        return made

    def one(self, kind: str, identifier: str, param: str, status: int = 404) -> Object:
        """The object of that identifier.

        Raises:
            Refusal: this account has none.
        """
        found = self.objects[kind].get(identifier)
        if found is None:
            raise missing(kind, identifier, param, status)
        return found

    def those(self, kind: str, **fields: Any) -> list[Object]:
        """Objects of a kind that hold these values, oldest first."""
        wanted = fields.items()
        return [each for each in self.objects[kind].values() if all(each.get(name) == value for name, value in wanted)]

    def anything(self, identifier: str) -> Object | None:
        """The object of that identifier, whatever its kind."""
        for kind, prefix in PREFIXES.items():
            if identifier.startswith(prefix) and identifier in self.objects[kind]:
                return self.objects[kind][identifier]
        return None

    def emit(self, name: str, subject: Object, previous: Object | None = None) -> Object:
        """Something happened: an event, and a delivery to every endpoint that listens."""
        self.platform.document.check(subject)
        data: Object = {"object": deepcopy(subject)} | ({"previous_attributes": previous} if previous else {})
        event = self.add("event", type=name, api_version=self.platform.document.version, data=data)
        event["request"] = {"id": self.platform.request_id, "idempotency_key": self.platform.request_key}
        if self is not self.platform.own:
            event["account"] = self.id
        self.platform.announce(self, event)
        return event


class Platform:
    """Who owns a secret key: an account of its own, the connected ones, and its clock."""

    def __init__(self, document: Document, key: str) -> None:
        self.document = document
        self.key = key
        self.own = Account(self, new_id("acct_"))
        self.accounts: dict[str, Account] = {}
        self.application = new_id("ca_")
        self.deliveries: dict[str, Any] = {}
        self.posts_itself = False
        self.held: list[Any] = []
        self.request_id: str | None = None
        self.request_key: str | None = None
        self.requests_left: int | None = None
        self.frozen_at: int | None = None

    def now(self) -> int:
        """The hour, by the machine's clock unless a test has set another."""
        return int(time.time()) if self.frozen_at is None else self.frozen_at

    def account(self, identifier: str | None) -> Account:
        """Whom a request acts for.

        Raises:
            Refusal: this platform has no such account, or not any longer.
        """
        if identifier is None or identifier == self.own.id:
            return self.own
        found = self.accounts.get(identifier)
        if found is None or not found.connected:
            raise Refusal(
                f"The provided key '{self.key[:8]}***' does not have access to account '{identifier}' (or that account "
                "does not exist). Application access may have been revoked.",
                code="account_invalid",
                status=403,
                executed=False,
            )
        return found

    def announce(self, account: Account, event: Object) -> None:
        """Queue an event for the endpoints that listen; how they are served stands in `webhooks`."""
        from tests.fakes.stripe.webhooks import queue

        queue(self, account, event)


def page(items: list[Object], query: Object, url: str) -> Object:
    """A page of a list, newest first, by Stripe's cursors.

    Raises:
        Refusal: the page is larger than allowed, or a cursor points nowhere.
    """
    size = query.get("limit", PAGE)
    if not 1 <= size <= LARGEST_PAGE:
        raise malformed(f"This value must be between 1 and {LARGEST_PAGE}.", "limit", "parameter_invalid_integer")
    after, before = query.get("starting_after"), query.get("ending_before")
    if after and before:
        raise malformed("You may only specify one of these parameters: starting_after, ending_before.", "ending_before")
    newest = [each for each in reversed(items) if _created_within(each, query.get("created"))]
    places = {each["id"]: number for number, each in enumerate(newest)}
    for name, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor and cursor not in places:
            raise missing("object", cursor, name, 400)
    if before:
        earlier = newest[: places[before]]
        data, more = earlier[-size:], len(earlier) > size
    else:
        later = newest[places[after] + 1 :] if after else newest
        data, more = later[:size], len(later) > size
    return {"object": "list", "data": data, "has_more": more, "url": url}


def _created_within(item: Object, wanted: Any) -> bool:
    if wanted is None:
        return True
    if isinstance(wanted, int):
        return bool(item["created"] == wanted)
    created = item["created"]
    return bool(
        wanted.get("gt", -1) < created <= wanted.get("lte", created)
        and wanted.get("gte", 0) <= created < wanted.get("lt", created + 1)
    )


def merged_metadata(before: Object, given: Any) -> Object:
    """Metadata after an update: an empty value removes its key, an empty whole removes all."""
    if given is None:
        return before
    if not given:
        return {}
    return {name: text for name, text in (before | given).items() if text != ""}


def expanded(account: Account, answer: Object, paths: list[str]) -> Object:
    """The answer with objects in place of the identifiers that were asked for.

    Raises:
        Refusal: a property cannot be expanded.
    """
    made = deepcopy(answer)
    for path in paths:
        _expand(account, made, path.split("."), path)
    return made


def _expand(account: Account, place: Object, parts: list[str], path: str) -> None:
    name, rest = parts[0], parts[1:]
    if place.get("object") == "list" and name == "data":
        for each in place["data"]:
            _expand(account, each, rest, path)
        return
    value, document = place.get(name), account.platform.document
    if not isinstance(value, dict) and not document.expandable(place["object"], name):
        raise malformed(f"This property cannot be expanded ({path}).", "expand[0]")
    if isinstance(value, str):
        found = account.anything(value)
        if found is None:
            return
        value = place[name] = deepcopy(found)
    if rest and isinstance(value, dict):
        _expand(account, value, rest, path)
