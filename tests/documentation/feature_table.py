"""docs/features.md: where each feature of the mission is built, from what the areas declare."""

import tomllib
from collections.abc import Iterator
from os.path import normpath
from pathlib import Path

from app.platform.http.application import API_PREFIX
from app.platform.kernel.areas import Area, areas
from tests.documentation.permission_matrix import addresses_of

DOCS = Path(__file__).parents[2] / "docs"
FEATURES = DOCS / "features.md"
MOST_ADDRESSES = 8
"""So many beginnings of addresses tell where to look; the area's area.py has all of them."""


def feature_titles() -> dict[str, str]:
    """Title of every feature by its id, built or not."""
    return tomllib.loads((DOCS / "features.toml").read_text())


def features_page() -> str:
    """The whole page."""
    lines = [
        "# Where each feature is",
        "",
        "Drawn from the areas' declarations (`area.py`, in the order of `app/areas.py`) and `docs/features.toml` by",
        "`python -m tests.documentation.generated`; a test compares them. The place is where to begin reading;",
        "addresses and commands are those of the area. A feature of several areas is built by them together.",
        "",
        "| id | feature | begins in | addresses and commands |",
        "|---|---|---|---|",
    ]
    for feature, title in feature_titles().items():
        built = [(area, area.features[feature]) for area in areas() if feature in area.features]
        places = [f"`{_place(area, place)}`" for area, place in built]
        ways = dict.fromkeys(way for area, _ in built for way in _ways_in(area))
        lines.append(f"| {feature} | {title} | {', '.join(places) or 'not built yet'} | {', '.join(ways)} |")
    return "\n".join(lines) + "\n"


def _place(area: Area, place: str) -> str:
    return normpath(f"{area.package.replace('.', '/')}/{place}")


def _ways_in(area: Area) -> Iterator[str]:
    """Where its addresses begin, and its commands."""
    for field, prefix, length in (("pages", "", 3), ("api", API_PREFIX, 4)):
        handlers = [handler for name in getattr(area, field) for handler in area.load(name)]
        paths = [path.split("/")[:length] for handler in handlers for path in addresses_of(handler, prefix)]
        begins = sorted({"/".join(part for part in parts if "{" not in part) or "/" for parts in paths})
        yield from (f"`{path}`" for path in begins[:MOST_ADDRESSES])
    yield from (f"`./run {command}`" for command in area.commands)
