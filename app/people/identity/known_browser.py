"""Known browsers (OWASP: device cookies). A browser that has signed in before with the present password or PIN is
throttled on its own, so that strangers who guess cannot lock the owner out.

The cookie proves an earlier success and nothing else: it opens nothing. It names what was right then: with another
password or PIN it is worth nothing, so that whoever knew the old one has no count of their own for guessing the new.
"""

import hashlib
import hmac
import re
import secrets
from uuid import UUID

from app.people.identity.models import Account

KNOWN_BROWSER_COOKIE = "yinghuo_known"
LIFETIME_SECONDS = 365 * 86_400
MOST_CREDENTIALS = 6
"""How many accounts or devices one browser is known for; the oldest is dropped first."""
_SIGNATURE_LENGTH = 32
_BROWSER_NAME = re.compile(r"[0-9a-f]{32}")


def account_key(account: Account) -> str:
    """An account with its present password, codes and addresses."""
    return credentials_key(account.id, account.credentials_version)


def credentials_key(account_id: UUID, version: int) -> str:
    return f"{account_id}\0{version}"


def known_browser_cookie(secret: bytes, key: str, before: str | None = None) -> str:
    """A cookie for the browser that just came in by what `key` names. `before` is the one that it had, for others."""
    browser, signatures = _read(before)
    if not browser or not any(_signature_matches(secret, browser, key, each) for each in signatures):
        if not browser or not signatures:
            browser, signatures = secrets.token_hex(16), []
        signatures = [_signature(secret, browser, key), *signatures][:MOST_CREDENTIALS]
    return ".".join((browser, *signatures))


def known_browser(secret: bytes, cookie: str | None, key: str) -> str | None:
    """The browser's random name if `cookie` was made here for this `key`."""
    browser, signatures = _read(cookie)
    # All of them are compared, whatever is found.
    found = [_signature_matches(secret, browser, key, each) for each in signatures]
    return browser if any(found) else None


def _read(cookie: str | None) -> tuple[str, list[str]]:
    browser, *signatures = (cookie or "")[:300].split(".")
    if not _BROWSER_NAME.fullmatch(browser):
        return "", []
    return browser, [each for each in signatures if _BROWSER_NAME.fullmatch(each)][:MOST_CREDENTIALS]


def _signature_matches(secret: bytes, browser: str, key: str, signature: str) -> bool:
    return hmac.compare_digest(_signature(secret, browser, key).encode(), signature.encode())


def _signature(secret: bytes, browser: str, key: str) -> str:
    message = f"known browser\0{browser}\0{key}".encode()
    return hmac.new(secret, message, hashlib.sha256).hexdigest()[:_SIGNATURE_LENGTH]
