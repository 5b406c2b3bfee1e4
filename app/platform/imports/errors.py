"""Errors of imports. What is wrong with a file itself: `reading/issues.py`."""

from app.platform.kernel.errors import Conflict, Invalid, Unavailable
from app.platform.kernel.texts import N_


class ImportStateRefused(Conflict):
    """The import is not at the step where this can be done."""

    code = "list_import.move_refused"
    text = N_("这次导入已经进行到别的步骤，请刷新后再看。")


class ImportEmpty(Conflict):
    """No row of the list can be imported."""

    code = "list_import.nothing_to_import"
    text = N_("清单里没有可以导入的行。")


class ImportOvertaken(Conflict):
    """Another list of the same kind was confirmed since this one was read."""

    code = "list_import.overtaken"
    text = N_("试读之后，同事确认了另一份同类清单。请再试读一次，看看现在的结果。")


class UploadLost(Unavailable):
    """The record is there, but the store holds no such file: some weeks after the import it is deleted."""

    code = "list_import.file_lost"
    text = N_("上传的文件已经不在了，请重新上传。")


class NothingUploaded(Invalid):
    """The upload form came without a file, or without a client where there must be one."""

    code = "list_import.file_missing"
    text = N_("请选择客户和清单文件。")


class OwnerRefused(Invalid):
    """The list must be one client's, or cannot be."""

    code = "list_import.client_refused"
    text = N_("请选择这份清单是哪家客户的。")
