"""The page of a checkout at the payment provider: what was asked for, and what became of one that was left alone."""
