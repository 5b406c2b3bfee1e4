"""What a contract says, and what follows from it: coverage, charges, draw-down. Pure: no session, no clock."""

from billing.terms.allowance import Block, DrawDown, draw_down
from billing.terms.charges import (
    Charge,
    ChargedOnce,
    ChargeUnit,
    WorkDone,
    block_charge,
    milestone_charge,
    overage_charge,
    prepaid_needed,
    work_charges,
)
from billing.terms.coverage import Coverage, CoverageReason, CoverageState, coverage
from billing.terms.document import BILLED_NAMES, BilledWhen, OutsideWork, Penalty, Terms, terms_digest
from billing.terms.lines import (
    DeviceTier,
    HourlyRate,
    Milestone,
    PerDevice,
    PerIncident,
    PrepaidBlock,
    PrepaidUnit,
    Retainer,
    StationedStaff,
    TermLine,
    TierMode,
    TimePrices,
)
from billing.terms.penalties import credit_due, limit_of
from billing.terms.period_prices import Balance, DeviceCount, PeriodPrice, PricedDays, balances, priced_days
from billing.terms.problems import TermsProblem, problems_of
from billing.terms.renewal import months_of, renewed
from billing.terms.scope import Matter, Scope

__all__ = [
    "BILLED_NAMES",
    "Balance",
    "BilledWhen",
    "Block",
    "Charge",
    "ChargeUnit",
    "ChargedOnce",
    "Coverage",
    "CoverageReason",
    "CoverageState",
    "DeviceCount",
    "DeviceTier",
    "DrawDown",
    "HourlyRate",
    "Matter",
    "Milestone",
    "OutsideWork",
    "Penalty",
    "PerDevice",
    "PerIncident",
    "PeriodPrice",
    "PrepaidBlock",
    "PrepaidUnit",
    "PricedDays",
    "Retainer",
    "Scope",
    "StationedStaff",
    "TermLine",
    "Terms",
    "TermsProblem",
    "TierMode",
    "TimePrices",
    "WorkDone",
    "balances",
    "block_charge",
    "coverage",
    "credit_due",
    "draw_down",
    "limit_of",
    "milestone_charge",
    "months_of",
    "overage_charge",
    "prepaid_needed",
    "priced_days",
    "problems_of",
    "renewed",
    "terms_digest",
    "work_charges",
]
