"""Request and response structs of the intake area."""

from typing import Annotated

import msgspec
from msgspec import Meta

from app.agreements.catalogue import Symptom
from app.platform.kernel.input_text import LINE, TEXT, Input

Typed = Annotated[str, LINE, Meta(max_length=80)]
KnownBrowser = Annotated[str, LINE, Meta(max_length=300)]


class PortalSignIn(Input, frozen=True, forbid_unknown_fields=True):
    """Sign-in at the client's portal address: `/r/{tenant}/{client}`."""

    tenant: Typed
    client: Typed
    device_number: Typed
    pin: Typed
    known_browser: KnownBrowser = ""
    """Of the session opened before with this device's PIN, if any."""


class LabelSignIn(Input, frozen=True, forbid_unknown_fields=True):
    """Sign-in at the address of a scanned label: `/r/q/{tenant}/{label}`."""

    tenant: Typed
    label: Typed
    pin: Typed
    known_browser: KnownBrowser = ""


class ReporterSession(msgspec.Struct, frozen=True):
    """A bearer token for one reporter. `expires_in` is in seconds."""

    token: str
    expires_in: int
    display_name: str
    known_browser: str
    """Sent with the next sign-in, it exempts this browser from limits caused by strangers' wrong attempts."""


class FaultReport(Input, frozen=True, forbid_unknown_fields=True):
    """A fault as an employee reports it: the chosen symptom, and optional words."""

    symptom: Symptom
    words: Annotated[str, TEXT, Meta(max_length=2_000)] = ""
