"""Errors of the clients' area."""

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_


class ClientRecordInvalid(Invalid):
    """A field of a client, site, department, contact or employee cannot be accepted; `fields` tells which."""

    code = "client.invalid"
    text = N_("有些内容需要改正。")


class CodeTaken(Conflict):
    """Another client of this partner has this portal address."""

    code = "client.code_taken"
    text = N_("这个门户地址已经被另一家客户使用。")

    def __init__(self) -> None:
        super().__init__(fields={"code": self.text})


class NameTaken(Conflict):
    """The client already has a site or department of this name."""

    code = "client.name_taken"
    text = N_("这家客户已经有同名的记录。")

    def __init__(self) -> None:
        super().__init__(fields={"name": self.text})


class ClientInactive(Conflict):
    """New records are not added to a client that is out of use."""

    code = "client.inactive"
    text = N_("这家客户已停用，请先恢复使用。")


class ClientErased(Conflict):
    """The company was forgotten; nothing of it is changed or begun again."""

    code = "client.erased"
    text = N_("这家客户的资料已经删除，不能再改。")
