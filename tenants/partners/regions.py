"""Provinces and cities of GB/T 2260: where a partner sits and which territory it serves.

A city is a prefecture-level city, prefecture, league or autonomous prefecture, a municipality as a
whole, or a county-level city or county that a province administers directly. Codes have six digits,
`350200` for Xiamen.
"""

import tomllib
import unicodedata
from functools import cache
from importlib import resources
from typing import NamedTuple


class Province(NamedTuple):
    """A province-level division, `350000 福建省`."""

    code: str
    name: str


class City(NamedTuple):
    """A city in the sense of this module, `350200 厦门市`, with the province that it belongs to."""

    code: str
    name: str
    province: Province

    @property
    def full_name(self) -> str:
        """Province and city, `福建省厦门市`; a municipality is named once."""
        return self.name if self.name == self.province.name else f"{self.province.name}{self.name}"


class _Directory(NamedTuple):
    provinces: tuple[Province, ...]
    cities: dict[str, City]


@cache
def _directory() -> _Directory:
    source = resources.files("tenants.partners").joinpath("regions.toml")
    provinces = []
    cities = {}
    for code, entry in tomllib.loads(source.read_text(encoding="utf-8")).items():
        province = Province(code, entry["name"])
        provinces.append(province)
        for city_code, city_name in entry["cities"]:
            cities[city_code] = City(city_code, city_name, province)
    return _Directory(tuple(provinces), cities)


def provinces() -> tuple[Province, ...]:
    """All province-level divisions by code."""
    return _directory().provinces


def cities_of(province_code: str) -> tuple[City, ...]:
    """The cities of one province by code; empty for an unknown code and for Taiwan, whose cities
    have no codes.
    """
    return tuple(city for city in _directory().cities.values() if city.province.code == province_code)


def city(code: str) -> City | None:
    """The city with this six-digit code, or None."""
    return _directory().cities.get(code)


def named_city(text: str) -> City | None:
    """The city that is called exactly so, with or without 市, or has this code; None where there is none."""
    wanted = "".join(unicodedata.normalize("NFKC", text).split())
    return next((found for found in _directory().cities.values() if wanted and _rank(wanted, found) == 0), None)


def search_cities(text: str, *, limit: int = 20) -> tuple[City, ...]:
    """Cities whose name, province or code matches what a person typed, best first.

    `厦门`, `厦门市`, `福建厦门`, `福建省`, `3502` all find something; blank text finds nothing.
    """
    wanted = "".join(unicodedata.normalize("NFKC", text).split())
    if not wanted:
        return ()
    ranked = [
        (rank, candidate)
        for candidate in _directory().cities.values()
        if (rank := _rank(wanted, candidate)) is not None
    ]
    ranked.sort(key=lambda entry: (entry[0], entry[1].code))
    return tuple(candidate for _, candidate in ranked[:limit])


def _rank(wanted: str, candidate: City) -> int | None:
    """How well a city answers: 0 is its very name, larger is weaker, None is no answer."""
    short_province = candidate.province.name.removesuffix("省").removesuffix("市")
    spellings = (candidate.full_name, f"{short_province}{candidate.name}")
    if wanted in {candidate.code, candidate.name, candidate.name.removesuffix("市")}:
        return 0
    if candidate.name.startswith(wanted):
        return 1
    if any(spelling.startswith(wanted) for spelling in spellings):
        return 2
    if wanted in candidate.name or candidate.code.startswith(wanted):
        return 3
    return None
