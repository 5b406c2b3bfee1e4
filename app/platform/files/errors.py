"""Errors of uploads; each text says what the sender can do."""

from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_


class FileRefused(Invalid):
    """The upload is not accepted; nothing of it was kept. The subclasses say why."""

    code = "file.refused"
    text = N_("这个文件无法接收。")


class FileEmpty(FileRefused):
    """Not one byte arrived."""

    code = "file.empty"
    text = N_("文件是空的，请重新选择。")


class FileTooLarge(FileRefused):
    """More bytes than one upload may have. Parameter: `limit_megabytes`."""

    code = "file.too_large"
    text = N_("文件太大，每个文件不能超过 %(limit_megabytes)s MB。")


class FileTypeNotAccepted(FileRefused):
    """Something that is not on the list. Parameter: `found`, a short name such as `zip`."""

    code = "file.type_not_accepted"
    text = N_("不接收 %(found)s 文件。请上传照片（JPEG、PNG、WebP）、PDF、Excel（xlsx）或文本（csv、txt）。")


class AmbiguousFile(FileRefused):
    """A file that different programs would take for different things."""

    code = "file.ambiguous"
    text = N_("这个文件里混有其他内容，请重新导出后再上传。")


class HeicPhoto(FileRefused):
    """An iPhone's own format, which the picture library here does not read."""

    code = "image.heic"
    text = N_("暂不支持 HEIC 照片。请在相机设置中选择“兼容性最佳”，或上传屏幕截图。")


class TooManyPixels(FileRefused):
    """A picture that would need too much memory. Parameter: `limit_megapixels`."""

    code = "image.too_many_pixels"
    text = N_("图片尺寸太大，请缩小到 %(limit_megapixels)s 百万像素以内。")


class BrokenPicture(FileRefused):
    """Cut off, damaged, or made to keep the decoder busy."""

    code = "image.damaged"
    text = N_("图片已损坏或不完整，请重新拍摄或导出。")


class BrokenPdf(FileRefused):
    """No header or no end."""

    code = "pdf.damaged"
    text = N_("PDF 文件已损坏或不完整，请重新导出。")


class ActivePdf(FileRefused):
    """Scripts, programs to launch, or embedded media."""

    code = "pdf.active_content"
    text = N_("PDF 文件含有脚本，请用“打印为 PDF”另存后再上传。")


class BrokenSpreadsheet(FileRefused):
    """An archive that does not unpack to what it says."""

    code = "spreadsheet.damaged"
    text = N_("Excel 文件已损坏，请用 Excel 打开并另存后再上传。")


class SpreadsheetTooLarge(FileRefused):
    """Unpacks to too much. Parameter: `limit_megabytes`."""

    code = "spreadsheet.too_large"
    text = N_("Excel 文件展开后超过 %(limit_megabytes)s MB，请拆分后再上传。")


class SpreadsheetWithMacros(FileRefused):
    """Carries a Visual Basic project."""

    code = "spreadsheet.macros"
    text = N_("不接收带宏的 Excel 文件，请另存为不含宏的 xlsx。")


class OldOrLockedSpreadsheet(FileRefused):
    """The binary format from before 2007, which is also what a password makes of a new one."""

    code = "spreadsheet.old_or_locked"
    text = N_("请取消密码，并另存为 xlsx 格式后再上传。")


class BrokenText(FileRefused):
    """In no encoding that office programs write, or with control characters."""

    code = "text.damaged"
    text = N_("文本无法识别，请以 UTF-8 编码另存后再上传。")


class MarkupInText(FileRefused):
    """A page, a drawing or a script under whatever name."""

    code = "text.markup"
    text = N_("不接收网页、SVG 或脚本文件。")


class BrokenOfd(FileRefused):
    """No OFD archive, or one that unpacks to something else than it says."""

    code = "file.ofd_damaged"
    text = N_("OFD 文件已损坏或展开后过大，请重新下载。")


class BrokenXml(FileRefused):
    """Not well-formed, too large, or with declarations of its own."""

    code = "file.xml_damaged"
    text = N_("XML 文件已损坏、过大或带有外部声明，请从电子税务局重新下载。")


class FileMissing(Exception):
    """The store holds nothing under this key."""


class InvalidFileKey(ValueError):
    """The key is not one that `file_key` or `thumbnail_key` makes."""
