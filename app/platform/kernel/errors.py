"""Domain errors, independent of HTTP.

A `DomainError` carries a stable `code`, a Chinese source text and named parameters. The HTTP layer turns it into
problem+json, a fragment or a page in the reader's language. What belongs to somebody else is `NotFound`, exactly like
what does not exist.
"""

from typing import ClassVar

from app.platform.kernel.texts import N_


class DomainError(Exception):
    """Base of all expected refusals.

    Subclasses set `code` (`record.reason`, in the API contract) and `text` (Chinese source text with named
    placeholders). `fields` names inputs at fault: field name to source text.
    """

    code: ClassVar[str] = "request.refused"
    text: ClassVar[str] = N_("操作没有完成。")
    retry_after: int | None = None
    """Whole seconds after which the same may succeed, where that is so."""

    def __init__(self, *, fields: dict[str, str] | None = None, **parameters: object) -> None:
        super().__init__(self.code, parameters)
        self.parameters = parameters
        self.fields = fields or {}


class NotFound(DomainError):
    """The record does not exist, or not for this actor."""

    code = "request.not_found"
    text = N_("没有找到,或者您无权查看。")


class UnknownName(NotFound):
    """No record has this name or code: for arguments of the command line."""

    text = N_("没有叫“%(word)s”的%(kind)s。")


class Forbidden(DomainError):
    """The actor is known but may not do this."""

    code = "request.forbidden"
    text = N_("您没有这项操作的权限。")


class SecondFactorDue(Forbidden):
    """The actor's rights ask for a second factor that is not set up yet."""

    code = "second_factor.setup_required"
    text = N_("您的权限要求两步验证，请先设置。")


class Unauthenticated(DomainError):
    """Nobody is signed in, and this needs somebody."""

    code = "request.unauthenticated"
    text = N_("请先登录。")


class Invalid(DomainError):
    """The input cannot be accepted as it is."""

    code = "request.invalid"
    text = N_("有些内容需要改正。")


class Conflict(DomainError):
    """The record's present state does not allow this."""

    code = "request.conflict"
    text = N_("当前状态下不能这样操作。")


class StaleVersion(Conflict):
    """Somebody else changed the record since it was read (optimistic locking)."""

    code = "request.stale_version"
    text = N_("这条记录刚被别人修改过,请刷新后再试。")


class TooManyAttempts(DomainError):
    """A throttle refused. `retry_after` is in whole seconds."""

    code = "request.too_many_attempts"
    text = N_("尝试次数过多,请在 %(retry_after)s 秒后再试。")

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after=retry_after)
        self.retry_after: int = retry_after


class Unavailable(DomainError):
    """A part of the system that this needs does not answer; nothing was changed."""

    code = "system.unavailable"
    text = N_("系统暂时繁忙,请稍后再试;您填写的内容没有丢失。")
    retry_after = 5


class StorageFull(DomainError):
    """The disk of the database or of the uploaded files is full; nothing was changed."""

    code = "system.storage_full"
    text = N_("存储空间已满,现在不能保存。您填写的内容没有丢失;系统管理员清理空间之后请再试。")
    retry_after = 60
