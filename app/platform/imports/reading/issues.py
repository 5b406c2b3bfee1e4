"""Errors of an imported file, and issues of its rows and cells."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_


class Severity(StrEnum):
    """An error refuses the row; a warning imports it and asks a person to look."""

    ERROR = "error"
    WARNING = "warning"


class RowIssue(msgspec.Struct, frozen=True):
    """One doubt about one cell; `code` is a key of `ImportKind.texts` and `parameters` fill its text."""

    cell: str
    """Address in A1 style. The sheet is the row's."""
    field: str
    """Field of the draft, a key of `ImportKind.labels`."""
    code: str
    severity: Severity
    parameters: dict[str, str] = {}


class FileRefused(Invalid):
    """The whole file cannot be read; each subclass says why and what to do."""


class FileEmpty(FileRefused):
    """No byte, or nothing but space."""

    code = "list_import.file_empty"
    text = N_("文件是空的。")


class FileTooLarge(FileRefused):
    """More bytes than one upload may have; `megabytes` is the limit."""

    code = "list_import.file_too_large"
    text = N_("文件超过 %(megabytes)s MB，请拆分后再导入。")


class FileKindUnknown(FileRefused):
    """Something else than .xlsx, .xls or CSV."""

    code = "list_import.file_type_unknown"
    text = N_("这不是 Excel（.xlsx、.xls）或 CSV 文件，请另存为 .xlsx 后再导入。")


class FileDamaged(FileRefused):
    """The right kind, but inconsistent or cut off."""

    code = "list_import.file_damaged"
    text = N_("文件已损坏或不完整，请用 Excel 打开后另存为 .xlsx 再导入。")


class FileEncrypted(FileRefused):
    """Protected by a password."""

    code = "list_import.file_encrypted"
    text = N_("文件设有密码，请取消密码后再导入。")


class FileBomb(FileRefused):
    """Unpacks to far more than any list needs."""

    code = "list_import.file_inflates"
    text = N_("文件解压后异常庞大，已拒绝打开。")


class FileEncodingUnknown(FileRefused):
    """A CSV that is neither UTF-8, UTF-16 nor GB18030."""

    code = "list_import.encoding_unknown"
    text = N_("无法识别文件的文字编码，请另存为 .xlsx 或 UTF-8 编码的 CSV。")


class FileEncodingWrong(FileRefused):
    """A text that cannot be in the encoding that a person chose."""

    code = "list_import.encoding_wrong"
    text = N_("按所选的文字编码读不了这个文件，请换一种编码。")


class TooManyRows(FileRefused):
    """A sheet with something beyond row `maximum`."""

    code = "list_import.too_many_rows"
    text = N_("工作表超过 %(maximum)s 行，请拆分后再导入。")


class TooManyColumns(FileRefused):
    """A sheet with something beyond column `maximum`."""

    code = "list_import.too_many_columns"
    text = N_("工作表超过 %(maximum)s 列，请删除多余的列后再导入。")


class TooManyCells(FileRefused):
    """Sheets that together reach over more than `maximum` cells, empty ones included."""

    code = "list_import.too_many_cells"
    text = N_("表格范围超过 %(maximum)s 个单元格，请删除多余的行列或拆分后再导入。")


class TooManySheets(FileRefused):
    """More than `maximum` sheets."""

    code = "list_import.too_many_sheets"
    text = N_("工作表超过 %(maximum)s 张，请拆分后再导入。")


class HeadingRefused(FileRefused):
    """The file can be read, but not its heading.

    `headings` are the texts of the likeliest heading row, for a person to map: what the person
    chose goes into `read_import` as `remembered`.
    """

    def __init__(self, headings: tuple[str, ...], proposed: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.headings = headings
        self.proposed = dict(proposed or {})
        """Heading → the field that the values below it look like."""


class HeadingMissing(HeadingRefused):
    """No row has a word that is known as a heading."""

    code = "list_import.heading_missing"
    text = N_("没有找到表头，请确认有一行写着各列的名称。")


class KeyHeadingMissing(HeadingRefused):
    """A heading was found, but no column for what a record cannot do without."""

    code = "list_import.key_heading_missing"
    text = N_("表头里缺少必填的一列，请指定是哪一列。")
