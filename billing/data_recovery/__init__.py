"""Data recovery: media in custody, diagnosis, quote, results, and a fee that depends on them (B5)."""

from billing.data_recovery.fees import (
    BASIS_NAMES,
    LEAST_NAMES,
    OUTCOME_NAMES,
    OUTCOME_TONES,
    REASON_NAMES,
    FeeBasis,
    FileOutcome,
    LeastFee,
)
from billing.data_recovery.permissions import RecoveryPermission
from billing.data_recovery.schemas import (
    CaseReason,
    CaseVersion,
    CopyWrite,
    DiagnosisWrite,
    FileResult,
    Handover,
    MediumDestruction,
    MediumReturn,
    MediumWrite,
    PersonOnCase,
    ReceiptSigning,
    RecoveryCaseCreate,
    RecoveryCaseView,
    RecoveryQuote,
    ResultDecision,
    ResultReport,
    ResultWrite,
)
from billing.data_recovery.services.answers import RecoveryAnswers, RecoveryStops
from billing.data_recovery.services.custody import Custody
from billing.data_recovery.services.people import RecoveryPeople
from billing.data_recovery.services.quoting import RecoveryQuoting
from billing.data_recovery.services.reading import RecoveryCases
from billing.data_recovery.services.reception import RecoveryReception
from billing.data_recovery.services.working import RecoveryWork
from billing.data_recovery.states import (
    MEDIUM_STATE_NAMES,
    MEDIUM_TONES,
    ROLE_NAMES,
    STATE_NAMES,
    STATE_TONES,
)

__all__ = [
    "BASIS_NAMES",
    "LEAST_NAMES",
    "MEDIUM_STATE_NAMES",
    "MEDIUM_TONES",
    "OUTCOME_NAMES",
    "OUTCOME_TONES",
    "REASON_NAMES",
    "ROLE_NAMES",
    "STATE_NAMES",
    "STATE_TONES",
    "CaseReason",
    "CaseVersion",
    "CopyWrite",
    "Custody",
    "DiagnosisWrite",
    "FeeBasis",
    "FileOutcome",
    "FileResult",
    "Handover",
    "LeastFee",
    "MediumDestruction",
    "MediumReturn",
    "MediumWrite",
    "PersonOnCase",
    "ReceiptSigning",
    "RecoveryAnswers",
    "RecoveryCaseCreate",
    "RecoveryCaseView",
    "RecoveryCases",
    "RecoveryPeople",
    "RecoveryPermission",
    "RecoveryQuote",
    "RecoveryQuoting",
    "RecoveryReception",
    "RecoveryStops",
    "RecoveryWork",
    "ResultDecision",
    "ResultReport",
    "ResultWrite",
]
