"""What a role may do is what Casbin says of it, asked for one permission at a time."""

from rbac.enforcer import KINDS, compiled, enforcer, permission_codes, roles_of


def test_the_sets_that_requests_ask_agree_with_casbin() -> None:
    codes = sorted(code.value for code in permission_codes())
    asked = {
        (kind, role): frozenset(code for code in codes if enforcer().enforce(role, kind, code))
        for kind in KINDS
        for role in roles_of(kind)
    }
    assert compiled() == asked
    assert all(asked[kind, role] for kind, role in asked), "every role may do something"
