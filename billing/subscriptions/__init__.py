"""What partners pay for the platform: plans, each partner's subscription with usage and bills (B11)."""

from billing.subscriptions.commands import verify_plans
from billing.subscriptions.permissions import PlanPermission
from billing.subscriptions.schemas import PlanChoice, PlanVersionCreate, SubscriptionView
from billing.subscriptions.services.catalogue import PlanCatalogue
from billing.subscriptions.services.headquarters import partner_plans, plan_invoices
from billing.subscriptions.services.subscriptions import PlanSubscriptions
from billing.subscriptions.states import SubscriptionMove, SubscriptionState
from billing.subscriptions.tasks import pass_day

__all__ = [
    "PlanCatalogue",
    "PlanChoice",
    "PlanPermission",
    "PlanSubscriptions",
    "PlanVersionCreate",
    "SubscriptionMove",
    "SubscriptionState",
    "SubscriptionView",
    "partner_plans",
    "pass_day",
    "plan_invoices",
    "verify_plans",
]
