"""统一社会信用代码, the 18-character code of every company in China (GB 32100-2015)."""

import unicodedata

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength

from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_


class CreditCodeRefused(Invalid):
    """The text is no 统一社会信用代码; each subclass says why."""


class CreditCodeEmpty(CreditCodeRefused):
    """Nothing was given."""

    code = "credit_code.empty"
    text = N_("请填写统一社会信用代码。")


class CreditCodeLength(CreditCodeRefused):
    """Not 18 characters; `length` says how many."""

    code = "credit_code.length_invalid"
    text = N_("统一社会信用代码应为 18 位，现在是 %(length)s 位。")


class CreditCodeCharacters(CreditCodeRefused):
    """A character that the standard does not use, or a letter where a digit belongs."""

    code = "credit_code.characters_invalid"
    text = N_("统一社会信用代码里没有这样的字符，请核对；字母 I、O、S、V、Z 不会出现。")


class CreditCodeCheckDigit(CreditCodeRefused):
    """The last character does not fit the others: some character is wrong."""

    code = "credit_code.check_digit_wrong"
    text = N_("统一社会信用代码校验不通过，请逐位核对。")


def normalise_credit_code(text: str) -> str:
    """The code as it is stored: 18 half-width upper-case characters without spaces or hyphens.

    People type it full-width, in lower case and in groups. Letters that look like digits (`O`, `I`)
    are not repaired: the standard leaves them out, so they are mistakes that the person must see.

    Raises:
        CreditCodeRefused: empty, not 18 characters, a character that the standard does not
            use, or a check digit that does not fit.
    """
    half_width = unicodedata.normalize("NFKC", text)
    code = "".join(character for character in half_width.upper() if not character.isspace() and character != "-")
    if not code:
        raise CreditCodeEmpty
    if not code.isascii():
        raise CreditCodeCharacters
    try:
        return str(uscc.validate(code))
    except InvalidLength as error:
        raise CreditCodeLength(length=len(code)) from error
    except InvalidFormat as error:
        raise CreditCodeCharacters from error
    except InvalidChecksum as error:
        raise CreditCodeCheckDigit from error
