"""How long one permission decision takes, in microseconds: what the guard does for every request."""

import statistics
import timeit
from collections.abc import Callable, Sequence
from functools import partial

from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.ids import new_id
from rbac import Permission, permissions_of
from rbac.roles.available_roles import AvailableRoles, CustomRole

_RUNS, _ACTORS, _TENANTS, _OWN_ROLES = 15, 2_000, (10, 2_000), 50
"""Actors of few companies and of many, with the system's roles or fifty of their own: a decision must not know the
difference."""


def measure() -> dict[str, float]:
    """Median microseconds of one decision, and of compiling an actor's permissions from its roles, by the number of
    companies that the actors come from."""
    found = {}
    for tenants in _TENANTS:
        actors = _actors(tenants)
        decide: Callable[[], None] = partial(_decide, actors)
        found[f"permission decision, {tenants} companies"] = _median_microseconds(decide, len(actors) * len(Permission))
        own: Callable[[], None] = partial(_decide, _actors(tenants, own_roles=_OWN_ROLES))
        found[f"permission decision, {tenants} companies with {_OWN_ROLES} own roles"] = _median_microseconds(
            own, len(actors) * len(Permission)
        )
        compiled: Callable[[], None] = partial(_compile, actors)
        found[f"permissions of an actor's roles, {tenants} companies"] = _median_microseconds(compiled, len(actors))
    return found


def _actors(tenants: int, *, own_roles: int = 0) -> Sequence[Actor]:
    companies = [new_id() for _ in range(tenants)]
    available_roles = AvailableRoles(
        {str(number): CustomRole(str(number), frozenset({"device:read"})) for number in range(own_roles)}
    )
    roles = ("dispatcher", "quality_agent", *available_roles.own)
    return [
        Actor(
            kind=ActorKind.PROVIDER,
            tenant_id=companies[number % tenants],
            membership_id=new_id(),
            roles=roles,
            permissions=available_roles.permissions(ActorKind.PROVIDER, roles),
        )
        for number in range(_ACTORS)
    ]


def _decide(actors: Sequence[Actor]) -> None:
    for actor in actors:
        for permission in Permission:
            actor.may(permission)


def _compile(actors: Sequence[Actor]) -> None:
    for actor in actors:
        permissions_of(actor.kind, actor.roles)


def _median_microseconds(work: Callable[[], None], pieces: int) -> float:
    return statistics.median(timeit.repeat(work, number=1, repeat=_RUNS)) / pieces * 1e6
