"""Lists of a client that are still being brought in."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select

from app.platform.imports.models import ImportRun
from app.platform.kernel.client_company import OpenMatter
from app.platform.kernel.texts import N_


def _imports(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(ImportRun.id)).where(ImportRun.client_id == client_id, ImportRun.finished_at.is_(None))


IMPORTS: Final = OpenMatter(tables=("import_run",), label=N_("没有完成的导入"), count=_imports)
