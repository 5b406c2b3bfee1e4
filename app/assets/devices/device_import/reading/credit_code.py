"""统一社会信用代码 in a list of clients: checked by the same rule as at sign-up."""

from app.assets.devices.device_import.reading.converters import CellContext, clean_code
from app.assets.devices.device_import.reading.workbook import CellValue
from tenants.partners import CreditCodeRefused, normalise_credit_code


def credit_code_field(value: CellValue, cell: CellContext) -> str | None:
    """The code in its stored form; a wrong one is left out with a warning."""
    text = clean_code(value, cell)
    if not text:
        return None
    try:
        return normalise_credit_code(text)
    except CreditCodeRefused:
        cell.warn("credit_code_invalid", value=text)
        return None
