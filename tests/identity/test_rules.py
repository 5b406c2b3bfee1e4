"""The pure rules: where one may be sent, which passwords are too easy, who may give what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people.identity.destinations import home_of, own_path, path_of
from app.people.identity.errors import PasswordTooWeak
from app.people.identity.login_names import login_name
from app.people.identity.passwords import check_new_password
from app.people.identity.role_granting import OWN_WORK_PERMISSIONS, ROLE_NAMES, grantable_roles, may_grant
from app.platform.kernel.actor import HQ_TENANT_ID, Actor, ActorKind
from app.platform.kernel.ids import new_id
from rbac import permissions_of, roles_of
from rbac.roles import AvailableRoles


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/ /evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
        "/a\r\nset-cookie: x=1",
        "/" + "a" * 600,
        "/a\\..\\b",
    ],
)
def test_a_foreign_address_is_nowhere_to_go(text: str) -> None:
    assert own_path(text) is None


@pytest.mark.parametrize("text", ["/", "/hq/members?q=%E6%9E%97", "/workspace/tickets/FW-20261122-0007#now"])
def test_an_own_path_stays_as_it_is(text: str) -> None:
    assert own_path(text) == text


def test_only_the_path_of_a_referer_is_believed() -> None:
    assert path_of("https://evil.example/workspace?x=1") == "/workspace?x=1"
    assert path_of("https://evil.example//evil.example/") is None
    assert path_of("") is None


@pytest.mark.parametrize(
    ("kind", "roles", "home"),
    [
        (ActorKind.HQ, ["hq_quality_officer"], "/hq"),
        (ActorKind.HQ, ["hq_finance"], "/hq/finance"),
        (ActorKind.PROVIDER, ["engineer"], "/field"),
        (ActorKind.PROVIDER, ["team_leader"], "/workspace"),
        (ActorKind.PROVIDER, ["engineer", "dispatcher"], "/workspace"),
        (ActorKind.CLIENT, ["client_contact"], "/portal"),
    ],
)
def test_everybody_comes_home_to_their_own_face(kind: ActorKind, roles: list[str], home: str) -> None:
    assert home_of(kind, roles) == home


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "qwertyuiop",
        "9876543210",
        "abababababab",
        "ling@example.com",
        "ling@example.com1",
        "林小燕林小燕林小燕林小燕",
    ],
)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    with pytest.raises(PasswordTooWeak):
        check_new_password(password, "ling@example.com", None, "林小燕")


@pytest.mark.parametrize("password", ["correct horse battery", "鼓浪屿的灯塔晚上七点亮", "ling likes harbour lamps"])
def test_a_sentence_is_a_good_password(password: str) -> None:
    check_new_password(password, "ling@example.com", None, "林小燕")


def actor(kind: ActorKind, *roles: str) -> Actor:
    tenant_id = HQ_TENANT_ID if kind is ActorKind.HQ else new_id()
    return Actor(kind=kind, tenant_id=tenant_id, roles=roles, permissions=permissions_of(kind, roles))


@given(st.sampled_from([ActorKind.HQ, ActorKind.PROVIDER]), st.data())
def test_what_is_granted_is_never_more_than_what_the_giver_holds(kind: ActorKind, data: st.DataObject) -> None:
    own = data.draw(st.sets(st.sampled_from(roles_of(kind))))
    given_roles = data.draw(st.sets(st.sampled_from(roles_of(kind)), min_size=1))
    giver = actor(kind, *own)

    granted = may_grant(giver, kind, given_roles, AvailableRoles())
    assert granted == (permissions_of(kind, given_roles) - OWN_WORK_PERMISSIONS <= giver.permissions)


def test_owners_and_managers_can_staff_their_company() -> None:
    owner, manager = actor(ActorKind.PROVIDER, "partner_owner"), actor(ActorKind.PROVIDER, "service_manager")
    available_roles = AvailableRoles()
    everything = set(roles_of(ActorKind.PROVIDER))

    assert set(grantable_roles(owner, ActorKind.PROVIDER, available_roles)) == everything
    assert everything - set(grantable_roles(manager, ActorKind.PROVIDER, available_roles)) == {
        "partner_finance",
        "partner_owner",
    }
    assert list(grantable_roles(owner, ActorKind.CLIENT, available_roles)) == [
        "client_administrator",
        "client_approver",
        "client_contact",
        "client_finance",
    ]


def test_every_system_role_has_a_name_people_read() -> None:
    existing = {role for kind in (ActorKind.HQ, ActorKind.PROVIDER, ActorKind.CLIENT) for role in roles_of(kind)}

    assert set(ROLE_NAMES) == existing


@given(st.text(max_size=300))
def test_any_text_can_be_typed_as_a_name(text: str) -> None:
    named = login_name(text)

    assert not (named.email and named.mobile)
    assert len(named.key) <= 254
