"""Structs of recovery cases. Amounts of quotes are in the currency's main unit, the fee in its minor unit."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.platform.documents import SIGNATURE_BYTES_LIMIT
from app.platform.files import FileSummary
from app.platform.kernel.errors import Invalid
from app.platform.kernel.input_text import CODE, LINE, TEXT, Input, Label
from app.platform.kernel.texts import N_
from app.platform.promises import ClockView
from billing.data_recovery.fees import FeeBasis, FeeReason, FeeTerms, FileOutcome, LeastFee, Tally
from billing.data_recovery.models import NAME_LENGTH, PATH_LENGTH, PLACE_LENGTH, SERIAL_LENGTH
from billing.data_recovery.states import MediumRole, MediumState, RecoveryMove, RecoveryState

MOST_MEDIA, MOST_FILES, MOST_PHOTOS = 20, 5_000, 12
LARGEST_FEE = Decimal(10**9)
FEE_REFUSED = N_("请填写大于零的金额，最多两位小数。")
DIAGNOSIS_REFUSED = N_("检测费不小于零，也不高于恢复费，最多两位小数。")

Version = Annotated[int, Meta(ge=0, le=2_147_483_646)]
Name = Annotated[str, LINE, Meta(min_length=1, max_length=NAME_LENGTH, pattern=r"\S")]
Reason = Annotated[str, TEXT, Meta(min_length=1, max_length=500), Label(N_("原因"), N_("请写明原因。"))]
Place = Annotated[str, LINE, Meta(min_length=1, max_length=PLACE_LENGTH), Label(N_("地点"))]
SignatureImage = Annotated[bytes, Meta(max_length=SIGNATURE_BYTES_LIMIT)]
Remark = Annotated[str, TEXT, Meta(max_length=500), Label(N_("备注"))]


class CustodyKind(StrEnum):
    """What a link of the chain says."""

    RECEIVED = "received"
    HANDED_OVER = "handed_over"
    COPIED = "copied"
    """A working copy came to be."""
    RETURNED = "returned"
    DESTROYED = "destroyed"


class MediumWrite(Input, frozen=True, forbid_unknown_fields=True):
    """A medium as it is received. `serial` as it is printed on it; what has none says so."""

    kind: Annotated[str, LINE, Meta(min_length=1, max_length=40), Label(N_("介质"), hint=N_("类型、品牌和型号"))]
    serial: Annotated[
        str, LINE, Meta(min_length=1, max_length=SERIAL_LENGTH), Label(N_("序列号"), hint=N_("没有就写“无”"))
    ]
    condition: Annotated[
        str, TEXT, Meta(min_length=1, max_length=1_000), Label(N_("外观和状况"), hint=N_("磕碰、封条、异响"))
    ]
    capacity: Annotated[str, LINE, Meta(max_length=20), Label(N_("容量"))] = ""
    accessories: Annotated[str, LINE, Meta(max_length=200), Label(N_("附件"))] = ""


class CopyWrite(Input, frozen=True, forbid_unknown_fields=True):
    """A working copy that was made of the client's data, on a medium of the company."""

    kind: Annotated[str, LINE, Meta(min_length=1, max_length=40), Label(N_("介质"), hint=N_("类型、品牌和型号"))]
    serial: Annotated[str, LINE, Meta(min_length=1, max_length=SERIAL_LENGTH), Label(N_("序列号"))]
    place: Place
    capacity: Annotated[str, LINE, Meta(max_length=20), Label(N_("容量"))] = ""


class RecoveryCaseCreate(Input, frozen=True, forbid_unknown_fields=True):
    """A case with the media that somebody at the client gives away. `consents`: they agree to work on the data.

    Raises:
        Invalid: no medium, or too many.
    """

    client_id: Annotated[UUID, Label(N_("客户"))]
    wanted: Annotated[
        str,
        TEXT,
        Meta(min_length=1, max_length=2_000),
        Label(N_("要恢复什么"), hint=N_("目录、文件类型、最要紧的文件")),
    ]
    giver_name: Annotated[Name, Label(N_("交件人"))]
    media: list[MediumWrite]
    giver_phone: Annotated[str, LINE, Meta(max_length=40), Label(N_("电话"))] = ""
    consents: Annotated[bool, Label(N_("交件人同意我们读取、复制和处理介质上的数据"))] = False
    consent_remark: Annotated[
        str, TEXT, Meta(max_length=500), Label(N_("数据处理约定"), hint=N_("比如不看某些目录"))
    ] = ""
    ticket_id: UUID | None = None
    device_id: UUID | None = None
    employee_id: Annotated[UUID | None, Label(N_("数据是谁的"))] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= len(self.media) <= MOST_MEDIA:
            raise Invalid(fields={"media": N_("请登记一件到二十件介质。")})


class CaseVersion(Input, frozen=True, forbid_unknown_fields=True):
    """`version` is the one that was read."""

    version: Version


class CaseReason(Input, frozen=True, forbid_unknown_fields=True):
    """Why; `version` is the one that was read."""

    reason: Reason
    version: Version


class PersonOnCase(Input, frozen=True, forbid_unknown_fields=True):
    """A colleague who is to work on the case."""

    membership_id: Annotated[UUID, Label(N_("同事"))]


class ReceiptSigning(Input, frozen=True, forbid_unknown_fields=True):
    """The giver's signature under the receipt with that hash. `image` is a PNG, in base64."""

    content_hash: Annotated[str, CODE, Meta(max_length=64)]
    image: SignatureImage
    place: Place


class Handover(Input, frozen=True, forbid_unknown_fields=True):
    """A medium goes to a colleague on the case, who signs for it. `image` is a PNG, in base64."""

    to_id: Annotated[UUID, Label(N_("交给谁"))]
    place: Place
    image: SignatureImage
    remark: Remark = ""


class MediumReturn(Input, frozen=True, forbid_unknown_fields=True):
    """A medium goes back to the client: whoever takes it signs. `image` is a PNG, in base64."""

    receiver_name: Annotated[Name, Label(N_("收件人"))]
    place: Place
    image: SignatureImage
    remark: Remark = ""


class MediumDestruction(Input, frozen=True, forbid_unknown_fields=True):
    """How a medium was destroyed, and which colleague on the case saw it."""

    method: Annotated[str, LINE, Meta(min_length=1, max_length=120), Label(N_("销毁方式"), hint=N_("覆写、消磁、粉碎"))]
    witness_id: Annotated[UUID, Label(N_("见证人"))]
    place: Place


class DiagnosisWrite(Input, frozen=True, forbid_unknown_fields=True):
    """What was found. `probability` in percent, that what is missed comes back."""

    findings: Annotated[str, TEXT, Meta(min_length=1, max_length=4_000), Label(N_("检测结果"))]
    probability: Annotated[int, Meta(ge=0, le=100), Label(N_("恢复的可能性（%）"), N_("请填写 0 到 100 的整数。"))]
    version: Version


class RecoveryQuote(Input, frozen=True, forbid_unknown_fields=True):
    """The fee and its rule, as the client's approver reads them. Fees are in yuan, tax included.

    Raises:
        Invalid: amounts that no fee can have.
    """

    recovery_fee: Annotated[Decimal, Label(N_("恢复费（元，含税）"), FEE_REFUSED, N_("最多收这么多。"))]
    basis: Annotated[FeeBasis, Label(N_("怎么收"))]
    without_result: Annotated[LeastFee, Label(N_("什么也没恢复出来"))]
    when_stopped: Annotated[LeastFee, Label(N_("客户中途要回介质"))]
    work_days: Annotated[int, Meta(ge=1, le=365), Label(N_("同意后几天出结果"))]
    tax: Annotated[str, CODE, Meta(min_length=1, max_length=20), Label(N_("税率"))]
    version: Version
    diagnosis_fee: Annotated[Decimal, Label(N_("检测费（元，含税）"), DIAGNOSIS_REFUSED)] = Decimal(0)
    valid_until: Annotated[date | None, Label(N_("有效期至"), hint=N_("不填就按公司规定的天数。"))] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        wrong = {}
        if not _is_amount(self.recovery_fee) or not self.recovery_fee:
            wrong["recovery_fee"] = FEE_REFUSED
        elif not _is_amount(self.diagnosis_fee) or self.diagnosis_fee > self.recovery_fee:
            wrong["diagnosis_fee"] = DIAGNOSIS_REFUSED
        if wrong:
            raise Invalid(fields=wrong)


def _is_amount(value: Decimal) -> bool:
    return value.is_finite() and 0 <= value <= LARGEST_FEE and -int(value.normalize().as_tuple().exponent) <= 2


class FileResult(Input, frozen=True, forbid_unknown_fields=True):
    """One file that is missed, and what became of it."""

    path: Annotated[str, LINE, Meta(min_length=1, max_length=PATH_LENGTH)]
    outcome: FileOutcome
    remark: Annotated[str, LINE, Meta(max_length=200)] = ""


class ResultWrite(Input, frozen=True, forbid_unknown_fields=True):
    """The whole list of results, in place of the one before.

    Raises:
        Invalid: too many files.
    """

    files: list[FileResult]
    version: Version

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.files) > MOST_FILES:
            raise Invalid(fields={"files": N_("一份清单最多五千行，请按目录合并。")})


class ResultReport(Input, frozen=True, forbid_unknown_fields=True):
    """The list goes to the client."""

    version: Version
    words: Annotated[str, TEXT, Meta(max_length=2_000), Label(N_("给客户的说明"))] = ""


class ResultDecision(Input, frozen=True, forbid_unknown_fields=True):
    """The client accepts the list with that hash."""

    result_hash: Annotated[str, CODE, Meta(max_length=64)]
    words: Annotated[str, TEXT, Meta(max_length=1_000), Label(N_("说明"))] = ""


class RecoveredFileView(msgspec.Struct, frozen=True):
    """One file by its name."""

    path: str
    outcome: FileOutcome
    remark: str


class MediumView(msgspec.Struct, frozen=True):
    """A medium and where it is."""

    id: UUID
    position: int
    role: MediumRole
    kind: str
    serial: str
    capacity: str
    condition: str
    accessories: str
    state: MediumState
    holder_id: UUID | None
    holder_name: str
    left_at: datetime | None
    destruction_agreed_at: datetime | None
    destruction_agreed_by: str
    certificate_id: UUID | None


class CustodyView(msgspec.Struct, frozen=True):
    """One link of a chain of custody."""

    id: UUID
    medium_id: UUID
    number: int
    kind: CustodyKind
    from_name: str
    to_name: str
    place: str
    occurred_at: datetime
    recorded_by_name: str
    signed_by: str
    remark: str


class PersonView(msgspec.Struct, frozen=True):
    """Somebody who is, or was, on the case."""

    membership_id: UUID
    name: str
    joined_at: datetime
    left_at: datetime | None


class ReceiptView(msgspec.Struct, frozen=True):
    """The newest custody receipt."""

    id: UUID
    number: str
    edition: int
    content_hash: str
    signed_by: str
    signed_at: datetime | None


class RecoverySummary(msgspec.Struct, frozen=True):
    """A case in a list."""

    id: UUID
    number: str
    state: RecoveryState
    client_id: UUID
    client_name: str
    wanted: str
    giver_name: str
    opened_at: datetime
    received_at: datetime | None
    probability: int | None
    fee_minor: int | None
    fee_currency: str


class RecoveryCaseView(msgspec.Struct, frozen=True, kw_only=True):
    """A case as this reader sees it. `moves` are those that the reader may make now; `on_case`: the reader is one of
    its people. Names of files stand elsewhere."""

    id: UUID
    number: str
    state: RecoveryState
    client_id: UUID
    client_name: str
    ticket_id: UUID | None
    device_id: UUID | None
    employee_id: UUID | None
    wanted: str
    giver_name: str
    giver_phone: str
    consents: bool
    consent_remark: str
    opened_at: datetime
    opened_by_name: str
    received_at: datetime | None
    findings: str
    probability: int | None
    diagnosed_at: datetime | None
    diagnosed_by_name: str
    quote_id: UUID | None
    fee_terms: FeeTerms | None
    work_days: int | None
    approved_at: datetime | None
    tally: Tally
    result_hash: str
    result_words: str
    reported_at: datetime | None
    decided_at: datetime | None
    decided_by_name: str
    decision: str
    fee_minor: int | None
    fee_currency: str
    fee_reason: FeeReason | None
    closed_at: datetime | None
    media: list[MediumView]
    custody: list[CustodyView]
    people: list[PersonView]
    photos: list[FileSummary]
    receipt: ReceiptView | None
    clocks: list[ClockView]
    moves: list[RecoveryMove]
    on_case: bool
    version: int
