"""Thresholds of quality, and the corrective actions that they open at a partner (N7). What other areas may use."""

from tenants.corrective_actions.errors import TooEarlyToRecheck, TooFewToRecheck
from tenants.corrective_actions.lifecycle import ActionState
from tenants.corrective_actions.schemas import (
    ActionCreate,
    Cancellation,
    Comparison,
    Plan,
    Progress,
    ThresholdCreate,
)
from tenants.corrective_actions.services.actions import ActionService
from tenants.corrective_actions.services.evaluation import evaluate
from tenants.corrective_actions.services.opening import OpeningService
from tenants.corrective_actions.services.thresholds import ThresholdService
from tenants.corrective_actions.services.waiting import actions_for_headquarters

__all__ = [
    "ActionCreate",
    "ActionService",
    "ActionState",
    "Cancellation",
    "Comparison",
    "OpeningService",
    "Plan",
    "Progress",
    "ThresholdCreate",
    "ThresholdService",
    "TooEarlyToRecheck",
    "TooFewToRecheck",
    "actions_for_headquarters",
    "evaluate",
]
