"""What goes into and comes out of the intake area."""

from typing import Annotated

import msgspec
from msgspec import Meta

from app.catalogue import Symptom
from app.kernel.words import LINE, TEXT, Given

Typed = Annotated[str, LINE, Meta(max_length=80)]
KnownBrowser = Annotated[str, LINE, Meta(max_length=300)]


class PortalSignIn(Given, frozen=True, forbid_unknown_fields=True):
    """What an employee types at the client's portal address: `/r/{tenant}/{client}`."""

    tenant: Typed
    client: Typed
    device_number: Typed
    pin: Typed
    known_browser: KnownBrowser = ""
    """Of the session opened before with this device's PIN, if any."""


class LabelSignIn(Given, frozen=True, forbid_unknown_fields=True):
    """What comes with a scanned label: `/r/q/{tenant}/{label}`."""

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
    """Sent along with the next sign-in, it keeps strangers' wrong tries from slowing this one down."""


class EmployeeReport(Given, frozen=True, forbid_unknown_fields=True):
    """What an employee says of a fault: one picture, and words if there are some."""

    symptom: Symptom
    words: Annotated[str, TEXT, Meta(max_length=2_000)] = ""
