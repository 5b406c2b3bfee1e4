"""Columns of a query by the names of the struct that takes its rows, and views of a row by the names of its fields."""

from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select

from app.assets.clients.models import Client, Site
from app.platform.kernel.columns import columns_of, view_of


class Choice(msgspec.Struct):
    name: str
    id: UUID


class SiteOfClient(NamedTuple):
    client_name: str
    address: str


def test_columns_stand_in_the_order_of_the_fields() -> None:
    assert str(select(*columns_of(Choice, Client))) == "SELECT client.name, client.id \nFROM client"


def test_a_field_takes_the_column_that_is_named_for_it() -> None:
    assert columns_of(SiteOfClient, Site, client_name=Client.short_name) == [Client.short_name, Site.address]


@pytest.mark.parametrize(
    ("models", "named"),
    [((Site,), {}), ((Client, Site), {"id": Client.id}), ((Client,), {"number": Client.code})],
    ids=["no column", "two columns", "no such field"],
)
def test_what_is_missing_or_ambiguous_is_refused(models: tuple[type, ...], named: dict[str, Any]) -> None:
    view = SiteOfClient if models == (Site,) else Choice
    with pytest.raises(TypeError, match=view.__name__):
        columns_of(view, *models, **named)


class Row(NamedTuple):
    name: str
    secret: str = "not shown"


class Shown(msgspec.Struct, frozen=True):
    name: str
    length: int
    remark: str = ""


def test_a_view_takes_from_the_row_what_is_not_named_for_it() -> None:
    assert view_of(Shown, Row("滨海"), length=2) == Shown(name="滨海", length=2, remark="")


def test_what_is_named_goes_before_what_the_row_has() -> None:
    assert view_of(Shown, Row("滨海"), length=2, name="另一家").name == "另一家"


@pytest.mark.parametrize("named", [{}, {"length": 2, "secret": "shown"}], ids=["nobody gives it", "no such field"])
def test_a_view_is_never_half_filled(named: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        view_of(Shown, Row("滨海"), **named)
