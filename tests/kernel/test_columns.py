"""Columns of a query by the names of the struct that takes its rows."""

from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select

from app.assets.clients.models import Client, Site
from app.platform.kernel.columns import columns_of


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
