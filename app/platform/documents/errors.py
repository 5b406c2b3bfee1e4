"""Errors of documents."""

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_


class UnusableImage(Invalid):
    """The bytes given as a signature or photo may not stand in a document."""

    code = "image.unreadable"
    text = N_("图片无法读取，请重新上传。")


class SignatureTooLarge(UnusableImage):
    """More bytes or pixels than any signature pad makes."""

    code = "signature.too_large"
    text = N_("签名图片过大，请重新签名。")


class BlankSignature(UnusableImage):
    """Nothing was written but perhaps a dot, or all is one colour."""

    code = "signature.blank"
    text = N_("签名是空白的，请在签名框内签名。")


class PhotoTooLarge(UnusableImage):
    """More pixels than may be decoded safely."""

    code = "photo.too_large"
    text = N_("照片过大，请换一张。")


class CharactersMissing(Invalid):
    """No typeface has these characters: in print their numbers stand instead. Not refused to whoever was told."""

    code = "document.characters_missing"
    text = N_("这些字字库里没有，印出来只能是编号：%(characters)s。")


class ContentMismatch(Conflict):
    """A signature or photo does not belong to this content: something was changed after signing."""

    code = "document.content_changed"
    text = N_("报告内容与签字时不一致，请生成新版本并重新签字。")


class AlreadySigned(Conflict):
    """A signed edition never changes."""

    code = "document.already_signed"
    text = N_("第 %(edition)s 版已由 %(name)s 签字。")
