"""The web application: every area's handlers, and the ports that connect lower floors to higher ones."""

import gc
import signal
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from litestar import Litestar
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

from app.agreements.catalogue import api as catalogue_api
from app.agreements.sla import api as sla_api
from app.agreements.sla import pages as sla_pages
from app.agreements.sla import preview_api as sla_preview_api
from app.assets.clients import api as clients_api
from app.assets.clients import pages as clients_pages
from app.assets.devices import api as devices_api
from app.assets.devices import pages as devices_pages
from app.assets.devices.repository import device_numbers
from app.data_exchange.personal_data import api as personal_data_api
from app.data_exchange.personal_data import pages as personal_data_pages
from app.data_exchange.ticket_import import api as ticket_import_api
from app.data_exchange.ticket_import import pages as ticket_import_pages
from app.desk.confidentiality import api as confidentiality_api
from app.desk.confidentiality import pages as confidentiality_pages
from app.desk.engineers import api as engineers_api
from app.desk.engineers import pages as engineers_pages
from app.desk.intake import api as intake_api
from app.desk.intake import pages as intake_pages
from app.desk.surveys import api as surveys_api
from app.desk.teams import api as teams_api
from app.desk.teams import pages as teams_pages
from app.desk.tickets import api as tickets_api
from app.desk.tickets import may_read_ticket, may_read_visit, report_api, unknown_callers_api, visit_api
from app.desk.tickets.repository import ticket_numbers
from app.people.audit import Denials, note_denial
from app.people.audit import api as audit_api
from app.people.audit import pages as audit_pages
from app.people.audit.record_numbers import NumberReader
from app.people.identity import (
    DeliveryQueue,
    IdentityDependencies,
    SessionAuthenticator,
    api_token_api,
    email_api,
    mobile_api,
    second_factor_api,
)
from app.people.identity import api as identity_api
from app.people.identity import pages as identity_pages
from app.people.single_sign_on import api as single_sign_on_api
from app.people.single_sign_on import pages as single_sign_on_pages
from app.people.single_sign_on.dependencies import SignOnDependencies
from app.platform.background.due import due_counts
from app.platform.files import SubjectReaders, UploadInspector
from app.platform.files import api as files_api
from app.platform.http.application import create_application
from app.platform.http.readiness import Backlog, Backlogs
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import NotFound
from app.platform.kernel.logs import configure_logs
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.process_shutdown import STOP_SIGNAL, end_with_parent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import settings
from app.platform.kernel.startup_gc import without_gc
from app.platform.kernel.texts import ROOT
from app.platform.notifications import api as notifications_api
from app.platform.notifications import pages as notifications_pages
from app.platform.web import gallery_pages
from app.platform.web.explorer import ApiExplorer
from app.platform.web.pages import error_page
from app.platform.web.rendering import Renderer
from app.portals import layout_context
from app.portals.client import pages as client_portal_pages
from app.portals.desk import pages as desk_pages
from app.portals.employee import pages as employee_pages
from app.portals.field import pages as field_pages
from app.portals.hq import access_api as hq_access_api
from app.portals.hq import access_pages as hq_access_pages
from app.portals.hq import partners_pages as hq_partners_pages
from app.portals.hq import quality_pages as hq_quality_pages
from app.portals.public import pages as public_pages
from rbac import Access
from rbac.roles import api as roles_api
from rbac.roles import pages as roles_pages
from tenants.access_grants import api as access_api
from tenants.corrective_actions import api as corrective_actions_api
from tenants.corrective_actions import opening_pages as corrective_actions_opening_pages
from tenants.corrective_actions import pages as corrective_actions_pages
from tenants.data_lifecycle import api as data_lifecycle_api
from tenants.data_lifecycle import pages as data_lifecycle_pages
from tenants.partner_metrics import api as partner_metrics_api
from tenants.partners import api as partners_api
from tenants.partners import profile_api

API_HANDLERS: Sequence[Any] = [
    *access_api.handlers,
    *hq_access_api.handlers,
    *audit_api.handlers,
    *catalogue_api.handlers,
    *clients_api.handlers,
    *confidentiality_api.handlers,
    *devices_api.handlers,
    *files_api.handlers,
    *ticket_import_api.handlers,
    *identity_api.handlers,
    *second_factor_api.handlers,
    *api_token_api.handlers,
    *email_api.handlers,
    *mobile_api.handlers,
    *intake_api.handlers,
    *engineers_api.handlers,
    *data_lifecycle_api.handlers,
    *partner_metrics_api.handlers,
    *corrective_actions_api.handlers,
    *notifications_api.handlers,
    *partners_api.handlers,
    *profile_api.handlers,
    *sla_api.handlers,
    *sla_preview_api.handlers,
    *tickets_api.handlers,
    *report_api.handlers,
    *visit_api.handlers,
    *unknown_callers_api.handlers,
    *roles_api.handlers,
    *single_sign_on_api.handlers,
    *teams_api.handlers,
    *surveys_api.handlers,
    *personal_data_api.handlers,
]
PAGE_HANDLERS: Sequence[Any] = [
    *gallery_pages.handlers,
    *audit_pages.handlers,
    *clients_pages.handlers,
    *confidentiality_pages.handlers,
    *devices_pages.handlers,
    *files_api.page_handlers,
    *engineers_pages.handlers,
    *sla_pages.handlers,
    *ticket_import_pages.handlers,
    *identity_pages.handlers,
    *intake_pages.handlers,
    *employee_pages.handlers,
    *report_api.page_handlers,
    *data_lifecycle_pages.handlers,
    *hq_access_pages.handlers,
    *hq_partners_pages.handlers,
    *hq_quality_pages.handlers,
    *corrective_actions_pages.handlers,
    *corrective_actions_opening_pages.handlers,
    *client_portal_pages.handlers,
    *public_pages.handlers,
    *notifications_pages.handlers,
    *field_pages.handlers,
    *desk_pages.handlers,
    *personal_data_pages.handlers,
    *roles_pages.handlers,
    *single_sign_on_pages.handlers,
    *teams_pages.handlers,
]

FILE_SUBJECTS: SubjectReaders = {
    "ticket": may_read_ticket,
    "visit_before": may_read_visit,
    "visit_after": may_read_visit,
}
"""Who may read the records that files hang on; files of any other kind of record are handed to nobody."""


RECORD_NUMBERS: Mapping[str, NumberReader] = {"ticket": ticket_numbers, "device": device_numbers}
"""Records that people know by a number, for the log."""


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
            "file_subjects": FILE_SUBJECTS,
            "record_numbers": RECORD_NUMBERS,
        },
    )


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
