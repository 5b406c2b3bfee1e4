"""A request from its first byte to its answer: whose key, which version, which account, whether it was said before."""

import base64
import json
import threading
import traceback
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.fakes.stripe import balance, checkout
from tests.fakes.stripe.document import Document, Operation
from tests.fakes.stripe.errors import Object, Refusal, not_spoken
from tests.fakes.stripe.forms import understood
from tests.fakes.stripe.records import Account, KeptAnswer, Platform, expanded, new_id
from tests.fakes.stripe.routes import Request, answer

KEPT_SECONDS = 24 * 3600
LONGEST_KEY = 255


class Unanswered(Exception):
    """The connection ends without an answer."""


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: str

    @property
    def path(self) -> str:
        """Without its query."""
        return urlsplit(self.target).path

    @property
    def form(self) -> str:
        """What it says."""
        return self.body if self.method == "post" else urlsplit(self.target).query


@dataclass
class Fault:
    """What goes wrong with the next request whose path begins so, at a test's wish.

    `lost request`: it never arrives · `lost answer`: it is done, nobody learns of it · `error`: Stripe answers 500
    before anything was done · `hold`: it waits until the test lets go.
    """

    kind: str
    path: str = "/"
    method: str = "post"
    released: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)


class Service:
    """All platforms, and what Stripe does for them."""

    def __init__(self) -> None:
        self.document = Document()
        self.platforms: dict[str, Platform] = {}
        self.faults: dict[str, list[Fault]] = {}
        self.lock = threading.RLock()

    def new_platform(self) -> Platform:
        """A platform that nobody else knows."""
        made = Platform(self.document, new_id("sk_test_"))
        self.platforms[made.key] = made
        self.faults[made.key] = []
        return made

    def respond(self, asked: Asked) -> tuple[int, Object, dict[str, str]]:
        """Status, body and headers.

        Raises:
            Unanswered: a test wanted the connection to break.
        """
        headers = {"Request-Id": new_id("req_")}
        try:
            platform = self._authenticated(asked.headers.get("authorization", ""))
            fault = self._fault(platform, asked)
            if fault is not None and fault.kind == "lost request":
                raise Unanswered
            status, body = self._limited(platform, asked, headers, fault)
        except Refusal as refused:
            return refused.status, refused.body, headers
        except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as failure:
            traceback.print_exc()
            return 500, {"error": {"type": "api_error", "message": f"The stand-in failed: {failure!r}"}}, headers
        if fault is not None and fault.kind == "lost answer":
            raise Unanswered
        return status, body, headers

    def _authenticated(self, given: str) -> Platform:
        scheme, _, token = given.partition(" ")
        if scheme == "Basic":
            token = base64.b64decode(token).decode().partition(":")[0]
        if not token:
            raise Refusal("You did not provide an API key.", status=401, executed=False)
        if token not in self.platforms:
            raise Refusal(f"Invalid API Key provided: {token[:8]}***", status=401, executed=False)
        return self.platforms[token]

    def _fault(self, platform: Platform, asked: Asked) -> Fault | None:
        with self.lock:
            waiting = self.faults[platform.key]
            for fault in waiting:
                if asked.path.startswith(fault.path) and asked.method == fault.method:
                    waiting.remove(fault)
                    return fault
        return None

    def _limited(
        self, platform: Platform, asked: Asked, headers: dict[str, str], fault: Fault | None
    ) -> tuple[int, Object]:
        if platform.requests_left is not None:
            if platform.requests_left < 1:
                raise Refusal("Request rate limit exceeded.", code="rate_limit", status=429, executed=False)
            platform.requests_left -= 1
        version = asked.headers.get("stripe-version", self.document.version)
        if version != self.document.version:
            raise not_spoken(f"API version {version}, only {self.document.version}")
        operation, path = self.document.find(asked.method, asked.path)
        if operation is None:
            message = f"Unrecognized request URL ({asked.method.upper()}: {asked.path})."
            raise Refusal(message, status=404, executed=False)
        account = platform.account(asked.headers.get("stripe-account"))
        headers |= {"Stripe-Version": version}
        key = asked.headers.get("idempotency-key") if asked.method == "post" else None
        if account is not platform.own:
            headers["Stripe-Account"] = account.id
        if key is None:
            return self._executed(platform, account, asked, operation, path, headers, None, fault)
        headers["Idempotency-Key"] = key
        return self._once(platform, account, asked, operation, path, headers, key, fault)

    def _once(
        self,
        platform: Platform,
        account: Account,
        asked: Asked,
        operation: Operation,
        path: dict[str, str],
        headers: dict[str, str],
        key: str,
        fault: Fault | None,
    ) -> tuple[int, Object]:
        if len(key) > LONGEST_KEY:
            raise Refusal("Idempotency keys can have up to 255 characters.", kind="idempotency_error", executed=False)
        said = (asked.method, asked.path, "&".join(sorted(asked.form.split("&"))))
        with self.lock:
            kept = account.kept.get(key)
            if kept is not None and kept.until > platform.now():
                _compare(kept, said, key)
                headers |= {"Idempotent-Replayed": "true", "Original-Request": kept.request_id}
                return kept.status, kept.body
            kept = account.kept[key] = KeptAnswer(said, platform.now() + KEPT_SECONDS, headers["Request-Id"])
        try:
            status, body = self._executed(platform, account, asked, operation, path, headers, key, fault)
        except Refusal as refused:
            if not refused.executed:
                account.kept.pop(key, None)
            else:
                kept.status, kept.body = refused.status, refused.body
            raise
        except BaseException:
            account.kept.pop(key, None)
            raise
        kept.status, kept.body = status, json.loads(json.dumps(body))
        return status, body

    def _executed(
        self,
        platform: Platform,
        account: Account,
        asked: Asked,
        operation: Operation,
        path: dict[str, str],
        headers: dict[str, str],
        key: str | None,
        fault: Fault | None,
    ) -> tuple[int, Object]:
        if fault is not None and fault.kind == "error":
            raise Refusal("An unknown error occurred.", kind="api_error", status=500)
        if fault is not None and fault.kind == "hold":
            fault.reached.set()
            fault.released.wait(60)
        with self.lock:
            self.time_passes(platform)
            given = understood(operation, asked.form)
            platform.request_id, platform.request_key = headers["Request-Id"], key
            try:
                body = answer(Request(platform, account, path, given, asked.path), asked.method, operation.template)
            finally:
                platform.request_id = platform.request_key = None
            body = expanded(account, body, given.get("expand", []))
            for each in body["data"] if body.get("object") == "list" else [body]:
                self.document.check(each)
            return 200, body

    def time_passes(self, platform: Platform) -> None:
        """What is due by now happens."""
        balance.passes(platform)
        checkout.passes(platform)


def _compare(kept: KeptAnswer, said: tuple[str, str, str], key: str) -> None:
    if kept.request[:2] != said[:2]:
        raise Refusal(
            "Keys for idempotent requests can only be used for the same endpoint they were first used for "
            f"('{kept.request[1]}' vs '{said[1]}'). Try using a key other than '{key}' if you meant to execute a "
            "different request.",
            kind="idempotency_error",
        )
    if kept.request != said:
        raise Refusal(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try "
            f"using a key other than '{key}' if you meant to execute a different request.",
            kind="idempotency_error",
        )
    if not kept.status:
        raise Refusal(
            "There is currently another in-progress request using this Idempotent Key.",
            code="idempotency_key_in_use",
            kind="idempotency_error",
            status=409,
        )
