"""What pages of other areas use of insurance."""

from billing.insurance.pages import POLICY_WORDS

__all__ = ["POLICY_WORDS"]
