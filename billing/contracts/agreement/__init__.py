"""Agreeing on a contract: the paper that is offered, the client's answer, and the snapshot of what was agreed."""
