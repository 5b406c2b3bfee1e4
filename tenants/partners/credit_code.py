"""统一社会信用代码, the 18-character code of every company in China (GB 32100-2015)."""

import unicodedata
from enum import StrEnum

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength


class CreditCodeFault(StrEnum):
    """Why a code is refused; stable, for texts and tests."""

    EMPTY = "credit_code_empty"
    LENGTH = "credit_code_length"
    CHARACTERS = "credit_code_characters"
    CHECK_DIGIT = "credit_code_check_digit"


class CreditCodeRefusedError(ValueError):
    """The text is no 统一社会信用代码. `fault` says why, `normalised` what was checked."""

    def __init__(self, fault: CreditCodeFault, normalised: str) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.normalised = normalised


def normalise_credit_code(text: str) -> str:
    """The code as it is stored: 18 half-width upper-case characters without spaces or hyphens.

    People type it full-width, in lower case and in groups. Letters that look like digits (`O`, `I`)
    are not repaired: the standard leaves them out, so they are mistakes that the person must see.

    Raises:
        CreditCodeRefusedError: empty, not 18 characters, a character that the standard does not
            use, or a check digit that does not fit.
    """
    half_width = unicodedata.normalize("NFKC", text)
    code = "".join(character for character in half_width.upper() if not character.isspace() and character != "-")
    if not code:
        raise CreditCodeRefusedError(CreditCodeFault.EMPTY, code)
    if not code.isascii():
        raise CreditCodeRefusedError(CreditCodeFault.CHARACTERS, code)
    try:
        return str(uscc.validate(code))
    except InvalidLength as error:
        raise CreditCodeRefusedError(CreditCodeFault.LENGTH, code) from error
    except InvalidFormat as error:
        raise CreditCodeRefusedError(CreditCodeFault.CHARACTERS, code) from error
    except InvalidChecksum as error:
        raise CreditCodeRefusedError(CreditCodeFault.CHECK_DIGIT, code) from error
