"""A browser that an account has signed in from before is throttled on its own, so that strangers who try passwords
cannot lock the owner out (OWASP: device cookies).

The cookie proves an earlier success and nothing else: it opens nothing.
"""

import hashlib
import hmac
import secrets

KNOWN_BROWSER_COOKIE = "yinghuo_known"
LIFETIME_SECONDS = 365 * 86_400


def _signature(secret: bytes, browser: str, name_key: str) -> str:
    return hmac.new(secret, f"known browser\0{browser}\0{name_key}".encode(), hashlib.sha256).hexdigest()


def known_browser_cookie(secret: bytes, name_key: str) -> str:
    """A new cookie for the browser that just signed in as `name_key`."""
    browser = secrets.token_hex(16)
    return f"{browser}.{_signature(secret, browser, name_key)}"


def known_browser(secret: bytes, cookie: str | None, name_key: str) -> str | None:
    """The browser's random name if `cookie` was made here for this account name."""
    browser, _, signature = (cookie or "").partition(".")
    expected = _signature(secret, browser, name_key)
    return browser if hmac.compare_digest(signature.encode(), expected.encode()) else None
