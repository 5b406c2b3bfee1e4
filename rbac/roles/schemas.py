"""What goes in and out of the area of own roles."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from app.platform.kernel.input_text import LINE, Input, Label
from app.platform.kernel.texts import N_
from rbac.permissions import Permission

RoleName = Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=40), Label(N_("名称"), N_("请填写名称。"))]
MOST_VERSIONS = 2_147_483_646
"""What the database's integer counts to."""
Version = Annotated[int, msgspec.Meta(ge=0, le=MOST_VERSIONS)]


class RoleCreate(Input, frozen=True, forbid_unknown_fields=True):
    """`permissions` are some of the maker's own."""

    name: RoleName
    permissions: Annotated[
        list[Permission],
        msgspec.Meta(min_length=1, max_length=100),
        Label(N_("权限"), N_("请至少选择一项权限。")),
    ]


class RoleUpdate(RoleCreate, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`version` is the one that was read; an older one is refused."""

    version: Version


class CustomRoleView(msgspec.Struct, frozen=True):
    """A role of the company's own. Members name it by its `id` among their roles. `changeable`: its permissions are
    all the reader's own, so the reader may change, archive and give it."""

    id: UUID
    name: str
    permissions: list[str]
    created_at: datetime
    version: int
    changeable: bool
