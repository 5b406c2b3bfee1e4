"""The layout's navigation: groups of the actor's own portal, one entry for the settings, four places for a phone."""

import pytest

from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.areas import areas
from app.platform.kernel.ids import new_id
from app.platform.kernel.texts import translator
from app.portals.layout.navigation import bar_of, current_page_of, groups_of, navigation_of, palette_of, settings_of
from app.portals.layout.pinyin import initials_of
from rbac import permissions_of

ZH = translator("zh-CN")


def actor(kind: ActorKind, *roles: str) -> Actor:
    return Actor(
        kind=kind,
        tenant_id=new_id(),
        client_id=new_id() if kind is ActorKind.CLIENT else None,
        roles=roles,
        permissions=permissions_of(kind, roles),
    )


OWNER = actor(ActorKind.PROVIDER, "partner_owner")
DISPATCHER = actor(ActorKind.PROVIDER, "dispatcher")
ENGINEER = actor(ActorKind.PROVIDER, "engineer")
ADMINISTRATOR = actor(ActorKind.HQ, "hq_administrator")
QUALITY = actor(ActorKind.HQ, "hq_quality_officer")
CLIENT_ADMINISTRATOR = actor(ActorKind.CLIENT, "client_administrator")
CONTACT = actor(ActorKind.CLIENT, "client_contact")


@pytest.mark.parametrize(
    ("who", "groups"),
    [
        (
            OWNER,
            {
                "每天": ["today", "tickets", "hot-line", "approvals"],
                "档案": ["clients", "devices", "engineers"],
                "经营": [
                    *("contracts", "price-book", "addons", "quotes", "recoveries", "insurance", "charges"),
                    *("invoices", "payments", "credits", "ledger", "royalties"),
                ],
                "质量": ["security", "service-levels", "corrective-actions"],
                "设置": ["settings"],
            },
        ),
        (
            ENGINEER,
            {
                "每天": ["today", "tickets"],
                "档案": ["clients", "devices", "engineers"],
                "质量": ["security", "service-levels"],
            },
        ),
        (
            ADMINISTRATOR,
            {
                "每天": ["today", "applications"],
                "档案": ["partners"],
                "经营": ["standard-prices", "finance", "royalties", "plans"],
                "质量": ["quality", "corrective-actions"],
                "设置": ["settings"],
            },
        ),
        (
            QUALITY,
            {
                "每天": ["today"],
                "档案": ["partners"],
                "质量": ["quality", "corrective-actions"],
                "设置": ["settings"],
            },
        ),
        (
            CLIENT_ADMINISTRATOR,
            {
                "每天": ["overview", "tickets"],
                "档案": ["devices", "people"],
                "经营": ["contracts", "quotes", "addons", "recoveries", "insurance", "payments"],
                "质量": ["confidentiality", "security"],
                "设置": ["settings"],
            },
        ),
        (Actor.visitor(), {}),
    ],
)
def test_places_stand_in_groups_and_no_group_is_empty(who: Actor, groups: dict[str, list[str]]) -> None:
    drawn = {group["label"]: [entry["key"] for entry in group["entries"]] for group in groups_of(who, ZH)}
    assert drawn == groups


def test_the_settings_hold_what_was_a_long_menu() -> None:
    assert [entry.key for entry in settings_of(OWNER)] == [
        "members",
        "roles",
        "teams",
        "deliveries",
        "access",
        "audit",
        "api-tokens",
        "quote-rule",
        "single-sign-on",
        "ticket-imports",
        "company",
        "plan",
        "seller-profile",
        "online-payments",
        "records",
    ]
    (settings,) = groups_of(OWNER, ZH)[-1]["entries"]
    assert settings["href"] == "/workspace/settings"
    assert [place["key"] for place in settings["places"]] == [entry.key for entry in settings_of(OWNER)]


def test_every_setting_says_in_a_sentence_what_it_is() -> None:
    silent = [
        entry.href
        for area in areas()
        for entry in area.navigation
        if bool(entry.about) is not (entry.group == "settings")
    ]
    assert silent == [], "`about` is the sentence on the page of settings, and nowhere else"


@pytest.mark.parametrize(
    ("who", "keys"),
    [
        (OWNER, ["today", "tickets", "hot-line", "clients"]),
        (DISPATCHER, ["today", "tickets", "hot-line", "clients"]),
        (ENGINEER, ["today", "tickets", "clients", "devices"]),
        (ADMINISTRATOR, ["today", "applications", "partners", "quality"]),
        (QUALITY, ["today", "partners", "quality", "corrective-actions"]),
        (CONTACT, ["overview", "tickets", "devices", "people"]),
    ],
)
def test_four_places_stand_at_the_bottom_of_a_phone(who: Actor, keys: list[str]) -> None:
    assert [entry["key"] for entry in bar_of(who, ZH)] == keys


@pytest.mark.parametrize("kind", [ActorKind.PROVIDER, ActorKind.HQ, ActorKind.CLIENT])
def test_no_two_places_of_a_portal_share_a_key_or_a_letter(kind: ActorKind) -> None:
    entries = [entry for area in areas() for entry in area.navigation if entry.portal is kind]
    letters = [entry.shortcut for entry in entries if entry.shortcut]
    assert len({entry.key for entry in entries}) == len(entries)
    assert len(set(letters)) == len(letters)


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/workspace", "today"),
        ("/workspace/tickets", "tickets"),
        ("/workspace/clients/0192/edit", "clients"),
        ("/workspace/ticketsandmore", "today"),
        ("/workspace/settings", "settings"),
        ("/workspace/roles/0192", "roles"),
        ("/account", ""),
    ],
)
def test_the_present_place_follows_from_the_address(path: str, key: str) -> None:
    assert current_page_of(navigation_of(OWNER), path) == key


def test_the_palette_offers_what_the_person_may_do_and_nothing_else() -> None:
    assert "邀请同事" in [each["label"] for each in palette_of(OWNER, ZH, {}).actions]
    assert [each["label"] for each in palette_of(ENGINEER, ZH, {}).actions] == ["添加设备", "登记数据恢复案件"]
    assert [each["label"] for each in palette_of(CONTACT, ZH, {}).actions] == ["报修"]
    places = {each["label"]: each["words"] for each in palette_of(OWNER, translator("en"), {}).places}
    assert "fwd" in places["Tickets"], "the Chinese name's initials find a place in English too"


@pytest.mark.parametrize(
    ("text", "initials"),
    [("服务单", "fwd"), ("公司账号登录", "gszhdl"), ("设置", "sz"), ("Excel 导入", "dr"), ("鷺", "")],
)
def test_a_place_is_found_by_the_first_letters_of_its_pinyin(text: str, initials: str) -> None:
    assert initials_of(text) == initials
