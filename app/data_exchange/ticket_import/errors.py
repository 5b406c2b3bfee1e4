"""Errors of ticket imports."""

from app.platform.kernel.errors import Conflict, Invalid, Unavailable
from app.platform.kernel.texts import N_


class MappingRefused(Invalid):
    """The mapping cannot be used. Parameter: `reason`, which says where."""

    code = "ticket_import.mapping_invalid"
    text = N_("这份对照表不能使用：%(reason)s")


class LogRefused(Invalid):
    """The file cannot be read as a log. Parameter: `reason`."""

    code = "ticket_import.file_unreadable"
    text = N_("这个文件读不出来：%(reason)s")


class ColumnsMissing(Invalid):
    """The file lacks columns that the mapping names. Parameter: `columns`."""

    code = "ticket_import.columns_missing"
    text = N_("文件里没有这些列：%(columns)s。请检查对照表和分隔符。")


class LogEmpty(Conflict):
    """The file has no rows below the heading."""

    code = "ticket_import.file_empty"
    text = N_("文件里没有记录。")


class UnknownTimeZone(Invalid):
    """The times of the log have no offset, and no zone was given for them, or one that does not exist."""

    code = "ticket_import.time_zone_unknown"
    text = N_("请填写日志里时间所用的时区，例如 Asia/Shanghai。")


class ClientNeeded(Invalid):
    """Neither the import nor a column of the log names the client."""

    code = "ticket_import.client_missing"
    text = N_("请选择这些记录属于哪个客户。")


class NothingUploaded(Invalid):
    """The upload form came without a file."""

    code = "ticket_import.file_missing"
    text = N_("请选择日志文件。")


class TicketImportStateRefused(Conflict):
    """The import is not at the step where this can be done."""

    code = "ticket_import.move_refused"
    text = N_("这次导入已经进行到别的步骤，请刷新后再看。")


class NothingToTake(Conflict):
    """No ticket of the log is new or longer than before."""

    code = "ticket_import.nothing_to_import"
    text = N_("日志里没有可以导入的服务单。")


class LogLost(Unavailable):
    """The uploaded file is missing in the file store."""

    code = "ticket_import.file_lost"
    text = N_("上传的文件已经不在了，请重新上传。")


class MatchRefused(Invalid):
    """The record cannot be matched with the name: another client's, or of another kind."""

    code = "ticket_import.match_refused"
    text = N_("不能对应到这条记录，请重新选择。")


class ImportConflict(Conflict):
    """A ticket that was imported before has different content now."""

    code = "ticket_import.ticket_differs"
    text = N_("这张单以前导入过，内容和这次不一致，没有改动")


class ModifiedSinceImport(Conflict):
    """The ticket was changed here since it was imported, so the log cannot be appended."""

    code = "ticket_import.ticket_modified"
    text = N_("这张单导入以后在这里处理过，没有改动")
