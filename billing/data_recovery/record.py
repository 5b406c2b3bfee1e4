"""The page of one case in the workspace."""

from typing import Any, Final
from uuid import UUID

from litestar import Response
from sqlalchemy import select

from app.platform.http.authentication import actor_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.pages import translator_of
from app.platform.web.records import RecordHead, record_page
from billing.data_recovery.fees import (
    BASIS_NAMES,
    LEAST_NAMES,
    OUTCOME_NAMES,
    OUTCOME_TONES,
    REASON_NAMES,
    FeeBasis,
    LeastFee,
)
from billing.data_recovery.listing import BASE
from billing.data_recovery.permissions import RecoveryPermission
from billing.data_recovery.result_form import text_of
from billing.data_recovery.schemas import CopyWrite, CustodyKind, DiagnosisWrite, RecoveryCaseView, RecoveryQuote
from billing.data_recovery.services.people import workers
from billing.data_recovery.services.reading import RecoveryCases
from billing.data_recovery.states import (
    MEDIUM_STATE_NAMES,
    MEDIUM_TONES,
    ROLE_NAMES,
    STATE_NAMES,
    STATE_TONES,
    RecoveryState,
)
from billing.money import minor_text
from billing.pricebook import tax_rates_on
from billing.pricebook.models import TaxRate
from tenants.company_time import company_day

CUSTODY_NAMES: Final = {
    CustodyKind.RECEIVED: N_("接收"),
    CustodyKind.HANDED_OVER: N_("交接"),
    CustodyKind.COPIED: N_("制作副本"),
    CustodyKind.RETURNED: N_("归还"),
    CustodyKind.DESTROYED: N_("销毁"),
}
_STANDARD_QUOTE: Final = {
    "basis": FeeBasis.SHARE,
    "without_result": LeastFee.NOTHING,
    "when_stopped": LeastFee.DIAGNOSIS,
    "work_days": "5",
    "tax": "vat_6",
    "diagnosis_fee": "0",
}


CASE_WORDS: Final[dict[str, Any]] = {
    "state_names": STATE_NAMES,
    "state_tones": STATE_TONES,
    "medium_names": MEDIUM_STATE_NAMES,
    "medium_tones": MEDIUM_TONES,
    "role_names": ROLE_NAMES,
    "custody_names": CUSTODY_NAMES,
    "outcome_names": OUTCOME_NAMES,
    "outcome_tones": OUTCOME_TONES,
    "reason_names": REASON_NAMES,
    "basis_names": BASIS_NAMES,
    "least_names": LEAST_NAMES,
    "money": minor_text,
}
"""The words of a case, for the pages of all portals."""


async def render_record(
    request: WebRequest,
    case_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
    *,
    tab: str = "",
) -> Response[Any]:
    """The case with the forms of what may be done now; `error` is why one was refused."""
    case = await RecoveryCases(work).get(case_id)
    actor = actor_of(request)
    writes = actor.may(RecoveryPermission.RECOVERY_CASE_WRITE) and not actor.read_only
    works = actor.may(RecoveryPermission.RECOVERY_CASE_WORK) and case.on_case and not actor.read_only
    present = {str(each.membership_id) for each in case.people if each.left_at is None}
    colleagues = await workers(work) if writes or works else []
    return record_page(
        request,
        "data_recovery/record.html",
        _head(case, tab),
        error,
        case=case,
        may_write=writes,
        may_work=works,
        others=[each for each in colleagues if each[0] not in present],
        witnesses=[each for each in colleagues if each[0] in present and each[0] != str(actor.membership_id)],
        diagnosis_fields=fields_of(DiagnosisWrite),
        quote_fields=fields_of(RecoveryQuote),
        quote_choices=await _quote_choices(request, work) if "quote" in case.moves else {},
        copy_fields=fields_of(CopyWrite),
        values=(values or FormValues()).over(_STANDARD_QUOTE),
        **CASE_WORDS,
    )


async def render_files(
    request: WebRequest,
    case_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
) -> Response[Any]:
    """The list of results, and while it is worked on its form; for the case's people."""
    reading = RecoveryCases(work)
    case, files = await reading.get(case_id), await reading.files(case_id)
    actor = actor_of(request)
    writes = (
        case.on_case
        and case.state is RecoveryState.WORKING
        and actor.may(RecoveryPermission.RECOVERY_CASE_WORK)
        and not actor.read_only
    )
    return record_page(
        request,
        "data_recovery/files.html",
        _head(case, "files"),
        error,
        case=case,
        files=files,
        may_write=writes,
        values=(values or FormValues()).over({"files": text_of(files)}),
        **CASE_WORDS,
    )


async def _quote_choices(request: WebRequest, work: UnitOfWork) -> dict[str, list[tuple[str, str]]]:
    _ = translator_of(request)
    rates = await tax_rates_on(work, await company_day(work))
    rows = await work.session.execute(select(TaxRate.code, TaxRate.name).distinct().order_by(TaxRate.code))
    least = [(str(rule), _(name)) for rule, name in LEAST_NAMES.items()]
    return {
        "basis": [(str(basis), _(name)) for basis, name in BASIS_NAMES.items()],
        "without_result": least,
        "when_stopped": least,
        "tax": list({row.code: (row.code, _(row.name)) for row in rows if row.code in rates}.values()),
    }


def _head(case: RecoveryCaseView, tab: str) -> RecordHead:
    return RecordHead(
        kind="recovery_case",
        id=case.id,
        title=case.client_name,
        number=case.number,
        base=f"{BASE}/{case.id}",
        list_href=BASE,
        list_label=N_("数据恢复"),
        tab=tab,
    )
