"""A partner's past: imports of other systems' logs, and exports of our own (T16)."""
