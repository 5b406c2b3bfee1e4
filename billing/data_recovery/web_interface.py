"""What other areas may use in the web process; the worker does not load it."""

from billing.data_recovery.api import RESULT_READ, custody_of, reception_of
from billing.data_recovery.case_forms import MEDIUM_FIELDS, PLACES, case_fields, case_of
from billing.data_recovery.record import CASE_WORDS

__all__ = [
    "CASE_WORDS",
    "MEDIUM_FIELDS",
    "PLACES",
    "RESULT_READ",
    "case_fields",
    "case_of",
    "custody_of",
    "reception_of",
]
