"""Casbin holds model and policy; requests test membership in sets compiled from it.

Called per request, `enforce()` costs 0.2 ms at 100 rules and grows with them; a frozen set costs nanoseconds. The
compilation asks Casbin itself for every role and permission, and a property test proves that both always agree.
"""

from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

import casbin

from app.platform.kernel.actor import ActorKind
from rbac.permissions import Permission

HERE = Path(__file__).parent
KINDS = (ActorKind.HQ, ActorKind.PROVIDER, ActorKind.CLIENT, ActorKind.REPORTER)


@cache
def enforcer() -> casbin.Enforcer:
    """Casbin with the shipped model and policy."""
    return casbin.Enforcer(str(HERE / "model.conf"), str(HERE / "policy.csv"))


@cache
def compiled() -> dict[tuple[str, str], frozenset[str]]:
    """(kind, role) to the permissions that Casbin grants."""
    source = enforcer()
    return {
        (kind, role): frozenset(
            permission.value for permission in Permission if source.enforce(role, kind, permission.value)
        )
        for kind in KINDS
        for role in roles_of(kind)
    }


@cache
def roles_of(kind: str) -> tuple[str, ...]:
    """The system roles of one kind of tenant, in the order of the policy file."""
    source = enforcer()
    named = [rule[0] for rule in source.get_policy() if rule[1] == kind]
    named += [rule[0] for rule in source.get_grouping_policy() if rule[2] == kind]
    return tuple(dict.fromkeys(named))


def permissions_of(kind: str, roles: Iterable[str]) -> frozenset[str]:
    """Everything that `roles` together may do; unknown roles grant nothing."""
    return _together(kind, tuple(roles))


@lru_cache(maxsize=1_000)
def _together(kind: str, roles: tuple[str, ...]) -> frozenset[str]:
    sets = compiled()
    return frozenset().union(*(sets.get((kind, role), frozenset()) for role in roles))
