"""The web application: every area's handlers, and the ports that connect lower floors to higher ones."""

import gc
import signal
from collections.abc import Iterable, Sequence
from typing import Any

from litestar import Litestar
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

from app.people.audit import Denials, note_denial
from app.people.identity import DeliveryQueue, IdentityDependencies, SessionAuthenticator
from app.people.single_sign_on.dependencies import SignOnDependencies
from app.platform.background.due import due_counts
from app.platform.files import UploadInspector
from app.platform.http.application import create_application
from app.platform.http.readiness import Backlog, Backlogs
from app.platform.http.web_request import WebRequest
from app.platform.kernel.areas import areas, declared
from app.platform.kernel.errors import NotFound
from app.platform.kernel.logs import configure_logs
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.process_shutdown import STOP_SIGNAL, end_with_parent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import settings
from app.platform.kernel.startup_gc import without_gc
from app.platform.kernel.texts import ROOT
from app.platform.web.explorer import ApiExplorer
from app.platform.web.pages import error_page
from app.platform.web.rendering import Renderer
from app.portals.layout.web_interface import layout_context
from rbac import Access

API_HANDLERS: Sequence[Any] = [handler for handlers in declared("api") for handler in handlers]
PAGE_HANDLERS: Sequence[Any] = [handler for handlers in declared("pages") for handler in handlers]


def build(runtime: Runtime) -> Litestar:
    """The application on `runtime`; tests build it too, with their own clock and database."""
    identity = IdentityDependencies.of(runtime, DeliveryQueue())
    return create_application(
        runtime,
        authenticator=SessionAuthenticator(
            runtime.caller_lookups,
            runtime.clock,
            second_factor_required=runtime.settings.second_factor_required,
        ),
        error_page=error_page,
        after_error=note_denial,
        read_backlogs=_backlogs,
        api_explorer=ApiExplorer(),
        api_handlers=API_HANDLERS,
        page_handlers=[*PAGE_HANDLERS, _static_files()],
        state={
            "renderer": Renderer(),
            "layout_context": layout_context,
            "identity": identity,
            "signin": identity.store,
            "denials": Denials(),
            "passwords": identity.passwords,
            "sign_on": SignOnDependencies(runtime),
            "uploads": UploadInspector(),
            "file_subjects": _by_kind("file_subjects"),
            "record_numbers": _by_kind("record_numbers"),
            "operator_figures": list(declared("operator_figures")),
        },
    )


def _by_kind(field: str) -> dict[str, Any]:
    """Kind of record → the function that its area names for it; records of no area's are handed to nobody."""
    return {kind: area.load(name) for area in areas() for kind, name in getattr(area, field).items()}


async def _backlogs(runtime: Runtime) -> Backlogs:
    found = {kind: Backlog(oldest, count) for kind, oldest, count in await due_counts(runtime)}
    return Backlogs(
        events=_together(waiting for kind, waiting in found.items() if kind.startswith(DueKind.OUTBOX)),
        entries=_together(waiting for kind, waiting in found.items() if not kind.startswith(DueKind.OUTBOX)),
    )


def _together(found: Iterable[Backlog]) -> Backlog:
    each = list(found)
    oldest = min((waiting.oldest for waiting in each if waiting.oldest is not None), default=None)
    return Backlog(oldest, sum(waiting.count for waiting in each))


def _static_files() -> Any:
    """Files of the build carry the hash of their content in their names: a browser never asks for one again."""
    return create_static_files_router(
        path="/static/build",
        directories=[ROOT / "app/platform/web/static/build"],
        opt={"permission": Access.PUBLIC},
        before_request=_refuse_unreadable_names,
        cache_control=CacheControlHeader(public=True, max_age=31_536_000, immutable=True),
    )


def _refuse_unreadable_names(request: WebRequest) -> None:
    """No file system reads past a NUL, and asking one is an error.

    Raises:
        NotFound
    """
    if "\0" in request.scope["path"]:
        raise NotFound


def application() -> Litestar:
    """What a worker of the web server runs (`app.web_server`)."""
    end_with_parent(STOP_SIGNAL, signal.SIGTERM)
    with without_gc():
        configure_logs(settings().log_format, settings().log_level)
        built = build(Runtime(settings()))
    gc.set_threshold(20_000, 20, 20)
    return built
