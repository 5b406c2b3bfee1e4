"""The navigation of a portal: what the areas declare, for what the actor may open. It asks no database."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, select

from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.areas import NavigationEntry, NavigationGroup, StartingPoint, areas
from app.platform.kernel.texts import N_, Translator, without_context
from app.portals.layout.pinyin import initials_of

GROUP_NAMES: Final = {
    NavigationGroup.DAILY: N_("每天"),
    NavigationGroup.RECORDS: N_("档案"),
    NavigationGroup.BUSINESS: N_("经营"),
    NavigationGroup.QUALITY: N_("质量"),
    NavigationGroup.SETTINGS: N_("设置"),
}
BAR_PLACES: Final = 4
"""How many places the bar at the bottom of a phone has beside 更多."""
SETTINGS: Final = "settings"
"""The key of the one entry that leads to the page of settings."""
_SETTINGS_ADDRESSES: Final = {
    ActorKind.PROVIDER: "/workspace/settings",
    ActorKind.HQ: "/hq/settings",
    ActorKind.CLIENT: "/portal/settings",
}
_ORDER: Final = tuple(NavigationGroup)

Counted = Callable[[Actor, datetime], Select[int]]


class Palette(NamedTuple):
    """What the command palette offers beside the records: labels with address, icon and what else finds them."""

    places: list[dict[str, str]]
    actions: list[dict[str, str]]


@cache
def entries() -> Mapping[ActorKind, Sequence[NavigationEntry]]:
    """The entries that the areas declare, by portal, in order."""
    found = sorted(
        (entry for area in areas() for entry in area.navigation),
        key=lambda entry: (_ORDER.index(entry.group), entry.order),
    )
    return {kind: [entry for entry in found if entry.portal is kind] for kind in ActorKind}


@cache
def _counting() -> Mapping[tuple[ActorKind, str], Counted]:
    """The functions that count what waits behind an entry, by portal and key."""
    return {
        (entry.portal, entry.key): area.load(entry.waiting.counted)
        for area in areas()
        for entry in area.navigation
        if entry.waiting is not None
    }


@cache
def _starting_points() -> Sequence[StartingPoint]:
    return [point for area in areas() for point in area.starting_points]


def navigation_of(actor: Actor) -> Sequence[NavigationEntry]:
    """The navigation entries of the actor's portal that the actor is permitted to open."""
    return [entry for entry in entries()[actor.kind] if actor.may(entry.permission)]


def settings_of(actor: Actor) -> Sequence[NavigationEntry]:
    """The places of the page of settings."""
    return [entry for entry in navigation_of(actor) if entry.group is NavigationGroup.SETTINGS]


def settings_address(kind: ActorKind) -> str:
    """Where a portal's page of settings is; empty for a portal that has none."""
    return _SETTINGS_ADDRESSES.get(kind, "")


def current_page_of(navigation: Sequence[NavigationEntry], path: str) -> str:
    """The key of the entry whose address is the longest prefix of `path`; empty where there is none."""
    if path in _SETTINGS_ADDRESSES.values():
        return SETTINGS
    inside = [entry for entry in navigation if path == entry.href or path.startswith(f"{entry.href}/")]
    return max(inside, key=lambda entry: len(entry.href)).key if inside else ""


def groups_of(actor: Actor, _: Translator) -> list[dict[str, Any]]:
    """The groups as the layout draws them. Groups without a place are left out; of the settings one entry stands, with
    its places below it."""
    drawn: list[dict[str, Any]] = []
    for group, name in GROUP_NAMES.items():
        entries = [entry_of(entry, _) for entry in navigation_of(actor) if entry.group is group]
        if entries and group is NavigationGroup.SETTINGS:
            entries = [_settings_entry(actor, entries, _)]
        if entries:
            drawn.append({"key": group, "label": _(name), "entries": entries})
    return drawn


def entry_of(entry: NavigationEntry, _: Translator) -> dict[str, Any]:
    """An entry as the layout draws it."""
    return {
        "key": entry.key,
        "href": entry.href,
        "label": _(entry.label),
        "icon": entry.icon,
        "shortcut": entry.shortcut,
        "about": _(entry.about) if entry.about else "",
        "waiting": _(entry.waiting.label) if entry.waiting else "",
        "while_counted": entry.while_counted,
    }


def _settings_entry(actor: Actor, places: Sequence[dict[str, Any]], _: Translator) -> dict[str, Any]:
    return {
        "key": SETTINGS,
        "href": settings_address(actor.kind),
        "label": _(GROUP_NAMES[NavigationGroup.SETTINGS]),
        "icon": "settings",
        "shortcut": ",",
        "about": "",
        "waiting": next((place["waiting"] for place in places if place["waiting"]), ""),
        "places": places,
    }


def bar_of(actor: Actor, _: Translator) -> list[dict[str, Any]]:
    """The places at the bottom of a phone: the four that rank first, filled up by the next ones of the navigation."""
    entries = [
        entry
        for entry in navigation_of(actor)
        if entry.group is not NavigationGroup.SETTINGS and not entry.while_counted
    ]
    ranked = sorted(entries, key=lambda entry: entry.bar or len(entries) + BAR_PLACES)
    return [entry_of(entry, _) for entry in ranked[:BAR_PLACES]]


def topics_of(actor: Actor) -> str:
    """The live updates after which the actor's counts are asked for again; empty without counts."""
    return " ".join(dict.fromkeys(entry.waiting.topic for entry in navigation_of(actor) if entry.waiting))


def counts_statement(actor: Actor, now: datetime) -> Select[Any] | None:
    """One row with what waits behind each entry that the actor may open, named by its key."""
    functions = _counting()
    counted = [entry.key for entry in navigation_of(actor) if entry.waiting is not None]
    if not counted:
        return None
    return select(*(functions[actor.kind, key](actor, now).scalar_subquery().label(key) for key in counted))


def conditional_statement(actor: Actor, now: datetime) -> Select[Any] | None:
    """One row with the counts of the entries that stand only while there is a number, named by their keys."""
    functions = _counting()
    keys = [entry.key for entry in navigation_of(actor) if entry.while_counted]
    if not keys:
        return None
    return select(*(functions[actor.kind, key](actor, now).scalar_subquery().label(key) for key in keys))


def palette_of(actor: Actor, _: Translator, counted: Mapping[str, int | None]) -> Palette:
    """Places and actions of the actor, each found by its words, its key and the first letters of its pinyin. Entries
    that stand only while there is a number have one in `counted`."""
    places = [
        {"href": entry.href, "label": _(entry.label), "icon": entry.icon, "words": _words(entry.label, entry.key)}
        for entry in navigation_of(actor)
        if not entry.while_counted or counted.get(entry.key) is not None
    ]
    if settings_of(actor):
        name = GROUP_NAMES[NavigationGroup.SETTINGS]
        places.append(
            {
                "href": settings_address(actor.kind),
                "label": _(name),
                "icon": "settings",
                "words": _words(name, SETTINGS),
            }
        )
    actions = [
        {"href": point.href, "label": _(point.label), "icon": point.icon, "words": _words(point.label, "")}
        for point in _starting_points()
        if point.portal is actor.kind and actor.may(point.permission)
    ]
    return Palette(places, actions)


def _words(label: str, key: str) -> str:
    words = without_context(label)
    return f"{words} {initials_of(words)} {key}".strip().lower()
