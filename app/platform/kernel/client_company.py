"""A client's company whose time with the partner is over: what of it is still open, and what is forgotten of it.

Every table whose rows belong to a client answers two questions in its area's `area.py` (docs/adding-an-area.md): can
something of it be open (`open_matters`, `never_open`), and what becomes of the names and words in it
(`client_texts`, `forgotten_with_client`, `kept_of_client`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select

from app.platform.kernel.forgetting import Forgotten
from app.platform.kernel.texts import N_


class NeverOpen(StrEnum):
    """Why nothing of a client's table stands in the way of forgetting its company."""

    PART = "A part of a record that an open matter of this or another area looks at."
    PAST = "What was done, said, agreed, paid or issued: nothing of it waits."
    ARRANGEMENT = "How the company itself arranges its work for the client: it ends with the client."
    OWN = "What the client's company is made of and how it is reached: it is what is forgotten."


class KeptOfClient(StrEnum):
    """Why names in a table stay when a client's company is forgotten; the value is the source text that says so."""

    BOOKS = N_("账簿和会计凭证：按《会计法》《税收征收管理法》保存。")
    CONTRACTS = N_("合同和履约记录：证明双方约定了什么、做到了什么。")
    EVIDENCE = N_("双方签署或确认过的文件：发生争议时的证据。")
    STAFF_NOTES = N_("本公司员工的决定和理由：只写明本公司的人。")
    LOGS = N_("操作日志：按《网络安全法》保存，只用编号指人。")
    REQUESTS = N_("删除个人信息的申请：证明已经照办。")


@dataclass(frozen=True, kw_only=True)
class OpenMatter:
    """Something that runs, waits or is owed, and has to end before a client's company is forgotten.

    `count` leads from the client's id and the moment to a SELECT of one number: how many are open. All matters are
    counted in one statement, as whoever may see the whole company. `label` is the source text that a person is told, a
    noun; `href` where they are seen, in which `{client}` stands for the client's id, by who holds `permission`.
    """

    tables: tuple[str, ...]
    label: str
    count: Callable[[UUID, datetime], Select[Any]]
    href: str = ""
    permission: str = ""


@dataclass(frozen=True, kw_only=True)
class Company(Forgotten):
    """A client's company as the areas' functions under `forgotten_with_client` meet it, one for each table, which
    return how many rows they changed. It works as the owner role, inside the company's own context."""

    tenant_id: UUID
    addresses: Sequence[str]
    """E-mail addresses and telephones by which its people were reached."""

    def own(self, table: Any) -> tuple[Any, ...]:
        """The client's rows."""
        return (table.client_id == self.client_id,)
