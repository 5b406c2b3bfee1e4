"""Areas declare themselves: the list holds every area, and each area names what it has."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from app.areas import PACKAGES
from app.platform.kernel.areas import Area, areas
from app.platform.kernel.texts import ROOT

TOPS = ("app", "billing", "rbac", "tenants")
NAMED_MODULES = ("models", "api", "pages", "consumers", "sweeps", "daily_jobs", "retention")
"""Fields that name modules, or attributes of modules, one after another."""
NAMED_BY_KIND = ("long_jobs", "file_subjects", "record_numbers", "clean_up")
"""Fields that name one attribute for each kind of thing."""


def folder_of(package: str) -> Path:
    return ROOT / package.replace(".", "/")


def names_of(area: Area) -> Iterator[str]:
    for field in NAMED_MODULES:
        yield from getattr(area, field)
    for field in NAMED_BY_KIND:
        yield from getattr(area, field).values()
    yield from (entry.waiting.counted for entry in area.navigation if entry.waiting is not None)


def area_files() -> Iterator[Path]:
    for top in TOPS:
        yield from (ROOT / top).rglob("area.py")


def test_every_area_is_on_the_list() -> None:
    found = {".".join(path.relative_to(ROOT).parent.parts) for path in area_files()}
    missing = sorted(found - set(PACKAGES))
    assert not missing, f"nobody reads the declarations of {missing}: put them into app/areas.py, on their floor"
    gone = sorted(set(PACKAGES) - found)
    assert not gone, f"app/areas.py lists {gone}, which have no area.py with `AREA = Area(...)`"


@pytest.mark.parametrize("area", areas(), ids=lambda area: area.package)
def test_an_area_says_where_it_stands(area: Area) -> None:
    module = import_module(f"{area.package}.area")
    assert module.AREA is area, "`package` of an area is the package that its area.py stands in"


@pytest.mark.parametrize("area", areas(), ids=lambda area: area.package)
def test_what_an_area_names_is_there(area: Area) -> None:
    for name in names_of(area):
        area.load(name)
    lost = [place for place in area.features.values() if not (folder_of(area.package) / place).exists()]
    assert not lost, f"{area.package} says that features begin in {lost}, which is not there"


MEANINGS = {
    "handlers": ("api", "pages"),
    "page_handlers": ("pages",),
    "consumers": ("consumers",),
    "sweeps": ("sweeps",),
    "daily_jobs": ("daily_jobs",),
    "retention": ("retention",),
}
"""What a module's attribute of this name is for, by the fields that may name it."""


def modules_of(area: Area) -> dict[str, str]:
    """Source by module, relative to the area, without the areas below it."""
    found = {}
    for path in sorted(folder_of(area.package).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        nearest = max((package for package in PACKAGES if f"{name}.".startswith(f"{package}.")), key=len)
        if nearest == area.package and path.name not in ("area.py", "__main__.py"):
            found[name.removeprefix(f"{area.package}.").removesuffix(".__init__")] = path.read_text()
    return found


@pytest.mark.parametrize("area", areas(), ids=lambda area: area.package)
def test_nothing_of_an_area_is_forgotten(area: Area) -> None:
    named, modules = set(names_of(area)), modules_of(area)
    forgotten = []
    for name, source in modules.items():
        for attribute, fields in MEANINGS.items():
            defined = re.search(rf"^(?:{attribute}\b.* = |def {attribute}\()", source, re.MULTILINE)
            included = any(f"{name.split('.')[-1]}.{attribute}" in other for other in modules.values())
            if defined and not included and f"{name}:{attribute}" not in named:
                forgotten.append(f'{" or ".join(fields)}: "{name}:{attribute}"')
    assert not forgotten, (
        f"{area.package}/area.py does not name what the area has, so that no process runs it: {'; '.join(forgotten)}"
    )
