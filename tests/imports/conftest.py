"""A kind of list of these tests' own: clients by code, in three columns."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from app.assets.clients.models import Client
from app.platform.imports.declaration import Field, Home, ImportKind, UniqueField
from app.platform.imports.kinds import import_kinds
from app.platform.imports.reading.cell_marks import Limits
from app.platform.imports.reading.converters import code_field, text_field
from app.platform.imports.reading.issues import Severity
from app.platform.imports.records import RecordImporter
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tests.conftest import ClientFor
from tests.factories.imports import ListUploads
from tests.factories.network import PartnerCompany


class _Importer(RecordImporter):
    def _empty(self, work: UnitOfWork, fields: Mapping[str, Any]) -> dict[str, Any]:
        return {**super()._empty(work, fields), "short_name": "", "engagement_models": []}


KIND: Final = ImportKind(
    name="small",
    title="客户清单",
    unit="行",
    permission=Permission.CLIENT_WRITE,
    home=Home("/workspace/clients", "客户", "clients"),
    fields=(
        Field("code", "代码", code_field(40), "clientcode", required=True),
        Field("name", "名称", text_field(20), "公司 name"),
        Field("remark", "备注", text_field(100), "说明"),
    ),
    importer=lambda the_list: _Importer(the_list, Client, "code", "client"),
    unique=(UniqueField("code", "value_duplicate", Severity.ERROR),),
    limits=Limits(rows=2_000),
)


@pytest.fixture(autouse=True)
def declared() -> Iterator[None]:
    """The program knows the kind while a test runs."""
    import_kinds()[KIND.name] = KIND
    yield
    del import_kinds()[KIND.name]


@pytest.fixture
def lists(runtime: Runtime, http: ClientFor, partner: PartnerCompany) -> ListUploads:
    return ListUploads(runtime, http, partner, KIND.name)
