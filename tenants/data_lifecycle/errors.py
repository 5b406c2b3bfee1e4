"""Errors of exporting, restoring and erasing a tenant."""

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_


class ArchiveDamaged(Invalid):
    """The file is no archive of a tenant, is incomplete, or was changed. `detail` says what does not fit."""

    code = "archive.damaged"
    text = N_("这个文件不是完整的数据包，不能恢复：%(detail)s")


class ArchiveOfAnotherVersion(Invalid):
    """The archive was made by a program with other tables. `detail` names the difference."""

    code = "archive.other_version"
    text = N_("数据包由另一个版本的程序生成，请先安装同版本再恢复，然后升级：%(detail)s")


class RestoreRefused(Conflict):
    """The installation cannot take this tenant. `detail` says why."""

    code = "archive.restore_refused"
    text = N_("这里不能恢复这家服务商：%(detail)s")


class RestoredDifferently(Conflict):
    """What was written is not what the archive holds; the tenant stays closed. `detail` names the first difference."""

    code = "archive.restore_differs"
    text = N_("恢复后的数据与数据包不一致，没有开放：%(detail)s")


class ExportRunning(Conflict):
    """An export of this company is on its way already."""

    code = "tenant_export.already_running"
    text = N_("上一次导出还没有完成，请稍候。")


class ErasureNotDue(Conflict):
    """The partner is not terminated, or its retention has not ended."""

    code = "partner.erasure_not_due"
    text = N_("只有已退出并且保留期满的服务商才能清除。")
