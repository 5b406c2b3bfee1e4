"""The layout's navigation: entries of the actor's own portal only."""

import pytest

from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.ids import new_id
from app.portals.layout import current_page_of, navigation_of
from rbac import permissions_of


def actor(kind: ActorKind, *roles: str) -> Actor:
    return Actor(
        kind=kind,
        tenant_id=new_id(),
        client_id=new_id() if kind is ActorKind.CLIENT else None,
        roles=roles,
        permissions=permissions_of(kind, roles),
    )


@pytest.mark.parametrize(
    ("who", "keys"),
    [
        (
            actor(ActorKind.PROVIDER, "partner_owner"),
            [
                "today",
                "tickets",
                "hot-line",
                "clients",
                "devices",
                "engineers",
                "service-levels",
                "corrective-actions",
                "members",
                "deliveries",
                "access",
                "audit",
                "api-tokens",
                "single-sign-on",
                "history",
                "company",
                "records",
            ],
        ),
        (
            actor(ActorKind.PROVIDER, "engineer"),
            ["today", "tickets", "clients", "devices", "engineers", "service-levels"],
        ),
        (
            actor(ActorKind.HQ, "hq_administrator"),
            [
                "applications",
                "partners",
                "quality",
                "corrective-actions",
                "members",
                "deliveries",
                "access",
                "audit",
                "api-tokens",
            ],
        ),
        (actor(ActorKind.HQ, "hq_quality_officer"), ["partners", "quality", "corrective-actions", "access"]),
        (actor(ActorKind.CLIENT, "client_contact"), ["overview", "tickets", "devices", "people", "confidentiality"]),
        (Actor.visitor(), []),
    ],
)
def test_a_place_appears_only_for_who_may_enter(who: Actor, keys: list[str]) -> None:
    assert [place.key for place in navigation_of(who)] == keys


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/workspace", "today"),
        ("/workspace/tickets", "tickets"),
        ("/workspace/clients/0192/edit", "clients"),
        ("/workspace/ticketsandmore", "today"),
        ("/account", ""),
    ],
)
def test_the_present_place_follows_from_the_address(path: str, key: str) -> None:
    assert current_page_of(navigation_of(actor(ActorKind.PROVIDER, "partner_owner")), path) == key
