"""Request and response structs of the confidentiality area. Dates are days in Asia/Shanghai."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from app.platform.kernel.input_text import LINE, TEXT, Input, Label
from app.platform.kernel.texts import N_

MOST_VERSIONS = 2_147_483_646
"""Upper limit of the database's integer."""
Version = Annotated[int, msgspec.Meta(ge=0, le=MOST_VERSIONS)]
Name = Annotated[str, LINE, msgspec.Meta(max_length=80)]


class AgreementCreate(Input, frozen=True, forbid_unknown_fields=True):
    """A new agreement. With `admission_required` only admitted engineers may be assigned while it is in force."""

    title: Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=120), Label(N_("名称"))]
    signed_on: Annotated[date, Label(N_("签订日期"))]
    valid_until: Annotated[date | None, Label(N_("到期日期"), hint=N_("空着就是长期"))] = None
    client_signatory: Annotated[Name, Label(N_("客户签字人"))] = ""
    partner_signatory: Annotated[Name, Label(N_("我方签字人"))] = ""
    remark: Annotated[str, TEXT, msgspec.Meta(max_length=2000), Label(N_("备注"), hint=N_("客户也看得到"))] = ""
    admission_required: Annotated[bool, Label(N_("只派准许进入的工程师"))] = False


class AgreementUpdate(AgreementCreate, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The changed agreement; `ended_on` ends it. `version` is the one that was read."""

    ended_on: date | None = None
    version: Version


class Agreement(msgspec.Struct, frozen=True):
    """An agreement; `in_force` today."""

    id: UUID
    title: str
    signed_on: date
    valid_until: date | None
    client_signatory: str
    partner_signatory: str
    admission_required: bool
    remark: str
    ended_on: date | None
    in_force: bool
    version: int


class AdmissionUpdate(Input, frozen=True, forbid_unknown_fields=True):
    """An engineer's admission; `version` is 0 where there was none. `ended_on` ends it."""

    admitted_on: Annotated[date, Label(N_("准入日期"))]
    version: Version
    pledged_on: Annotated[date | None, Label(N_("个人保密承诺日期"))] = None
    badge_number: Annotated[str, LINE, msgspec.Meta(max_length=40), Label(N_("出入证号"))] = ""
    badge_expires_on: Annotated[date | None, Label(N_("出入证到期"))] = None
    ended_on: date | None = None


class Admission(msgspec.Struct, frozen=True):
    """An engineer's admission at a client. `valid`: admitted today; `expires_soon`: the pass ends within 30 days."""

    client_id: UUID
    client_name: str
    engineer_id: UUID
    engineer_name: str
    admitted_on: date
    pledged_on: date | None
    badge_number: str
    badge_expires_on: date | None
    ended_on: date | None
    valid: bool
    expires_soon: bool
    version: int
