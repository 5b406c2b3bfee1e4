"""A partner says where it sits and which cities it serves, by the codes of GB/T 2260."""

import pytest

from tenants.partners.regions import cities_of, city, named_city, provinces, search_cities


def test_a_city_is_found_by_its_code() -> None:
    xiamen = city("350200")
    assert xiamen is not None
    assert (xiamen.name, xiamen.province.name, xiamen.full_name) == (
        "厦门市",
        "福建省",
        "福建省厦门市",
    )


def test_an_unknown_code_is_nothing() -> None:
    assert city("999999") is None


def test_a_municipality_is_one_city_named_once() -> None:
    assert [found.full_name for found in cities_of("110000")] == ["北京市"]


def test_a_county_level_city_under_the_province_counts() -> None:
    assert "仙桃市" in [found.name for found in cities_of("420000")]


@pytest.mark.parametrize("typed", ["厦门", "厦门市", "福建厦门", "福建省厦门市", "350200", "３５０２００"])
def test_people_find_xiamen_however_they_type_it(typed: str) -> None:
    assert search_cities(typed)[0].code == "350200"


def test_a_province_brings_all_its_cities() -> None:
    assert {found.code for found in search_cities("福建")} == {found.code for found in cities_of("350000")}


def test_blank_text_finds_nothing() -> None:
    assert search_cities("  ") == ()


def test_codes_are_unique_and_belong_to_their_province() -> None:
    assert len(provinces()) == 34
    for province in provinces():
        for found in cities_of(province.code):
            assert len(found.code) == 6
            assert found.code[:2] == province.code[:2]


@pytest.mark.parametrize("typed", ["厦门", "厦门市", "350200", " 厦 门 "])
def test_a_city_is_known_by_its_name(typed: str) -> None:
    found = named_city(typed)
    assert found is not None
    assert found.code == "350200"


@pytest.mark.parametrize("typed", ["", "厦", "亚特兰蒂斯", "福建"])
def test_a_part_of_a_name_is_no_city(typed: str) -> None:
    assert named_city(typed) is None
