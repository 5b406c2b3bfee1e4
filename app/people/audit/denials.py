"""Refused requests in the audit log: written after the request has failed, in a transaction of their own."""

from collections import OrderedDict
from typing import Any, Final

from litestar.enums import ScopeType
from litestar.types import Scope

from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import Forbidden
from app.platform.kernel.logs import log
from app.platform.kernel.outages import outage_of
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import Origin
from tenants.context import as_platform

REPEAT_SECONDS: Final = 60
"""The same refusal of the same session is written once in this time: repeated requests must not fill the log."""

MOST_REMEMBERED: Final = 10_000

_log: Final = log(__name__)
_Refusal = tuple[str, str, str]


class Denials:
    """Remembers which refusals it wrote recently; one instance per web process."""

    def __init__(self) -> None:
        self._written: OrderedDict[_Refusal, float] = OrderedDict()

    def is_new(self, refusal: _Refusal, now: float) -> bool:
        """Whether `refusal` has not been written down in the last minute; it is from now on."""
        last = self._written.get(refusal)
        if last is not None and now - last < REPEAT_SECONDS:
            return False
        self._written[refusal] = now
        self._written.move_to_end(refusal)
        if len(self._written) > MOST_REMEMBERED:
            self._written.popitem(last=False)
        return True


async def note_denial(error: Exception, scope: Scope) -> None:
    """Litestar's hook after an exception. What is refused because nobody is signed in is no denial; nor is what is "not
    found". The answer does not depend on whether this succeeds."""
    actor: Actor | None = scope["state"].get("actor")
    if scope["type"] != ScopeType.HTTP or not isinstance(error, Forbidden) or actor is None or not actor.signed_in:
        return
    state: Any = scope["litestar_app"].state
    runtime: Runtime = state.runtime
    denials: Denials = state.denials
    method, route = str(scope.get("method")), str(scope.get("path_template") or scope["path"])[:200]
    caller = str(actor.session_id or actor.membership_id or actor.reporter_id)
    if not denials.is_new((caller, method, route), runtime.clock.now().timestamp()):
        return
    origin: Origin = scope["state"]["origin"]
    try:
        async with runtime.units_of_work.begin(actor, origin) as work, as_platform(work):
            work.audit("request.denied", "address", None, method=method, route=route)
    except Exception as failure:
        if outage_of(failure) is None:
            raise
        _log.error("denial_not_written", cause=type(failure).__name__)
