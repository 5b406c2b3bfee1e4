"""Which step a subscription takes next. Pure: from its state, its period, and how long an invoice has been overdue.

What is asked are facts as they stand, never the news that told of them: news that come late, twice or in another order
lead to the same state.
"""

from datetime import date, timedelta
from typing import NamedTuple

from billing.subscriptions.states import UNPAID, SubscriptionMove, SubscriptionState


class Patience(NamedTuple):
    """How many days after the due day the warning comes, and how many after that the company is read-only."""

    past_due_days: int
    grace_days: int


class Facts(NamedTuple):
    """What a subscription's next step follows from."""

    state: str
    period_end: date
    ending: bool
    """The partner wants no other period."""
    oldest_due: date | None
    """The due day of the oldest open invoice."""


def next_move(facts: Facts, today: date, patience: Patience) -> SubscriptionMove | None:
    """The step that is due; None while everything is as it should be. Each step changes the facts: whoever was away
    for a month asks until nothing is due."""
    state, late = facts.state, facts.oldest_due is not None and facts.oldest_due < today
    if state == SubscriptionState.ENDED:
        return None
    if state in UNPAID and not late:
        return SubscriptionMove.SETTLE
    if state != SubscriptionState.READ_ONLY and today >= facts.period_end:
        if facts.ending:
            return SubscriptionMove.END
        return SubscriptionMove.CONVERT if state == SubscriptionState.TRIAL else SubscriptionMove.RENEW
    if not late or facts.oldest_due is None:
        return None
    days = (today - facts.oldest_due).days
    if state == SubscriptionState.ACTIVE:
        return SubscriptionMove.FALL_DUE
    if state == SubscriptionState.PAST_DUE and days > patience.past_due_days:
        return SubscriptionMove.WARN
    if state == SubscriptionState.GRACE and days > patience.past_due_days + patience.grace_days:
        return SubscriptionMove.RESTRICT
    return None


def read_only_from(due: date, patience: Patience) -> date:
    """The day on which the company becomes read-only when an invoice that was due on `due` is not paid."""
    return due + timedelta(days=patience.past_due_days + patience.grace_days + 1)
