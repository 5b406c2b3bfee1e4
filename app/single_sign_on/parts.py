"""What single sign-on depends on besides the unit of work, made once for each process."""

from typing import Any

from litestar import Request

from app.http.work import runtime_of
from app.identity.api import parts_of
from app.kernel.runtime import Runtime
from app.kernel.sealing import Sealer
from app.kernel.work import UnitOfWork
from app.single_sign_on.outward import Outward
from app.single_sign_on.services.arrivals import Arrivals
from app.single_sign_on.services.journeys import Journeys
from app.single_sign_on.services.providers import Providers

PURPOSE = "single sign-on"


class SignOnParts:
    """The HTTP client for providers, and the sealer of providers' secrets and browsers' login attempts."""

    def __init__(self, runtime: Runtime) -> None:
        self.outward = Outward(runtime.settings.inside_networks)
        self.sealer = Sealer(runtime.settings.all_secrets, PURPOSE)


def journeys_of(request: Request[Any, Any, Any]) -> Journeys:
    parts: SignOnParts = request.app.state.sign_on
    return Journeys(runtime_of(request).works, parts_of(request), parts.outward, parts.sealer)


def arrivals_of(request: Request[Any, Any, Any]) -> Arrivals:
    parts: SignOnParts = request.app.state.sign_on
    return Arrivals(runtime_of(request).works, parts_of(request), parts.sealer)


def providers_of(request: Request[Any, Any, Any], work: UnitOfWork) -> Providers:
    parts: SignOnParts = request.app.state.sign_on
    identity = parts_of(request)
    return Providers(work, parts.outward, parts.sealer, identity.store, identity.public_address)
