"""An empty list of a kind: a workbook with the headings, for people who have none yet."""

from io import BytesIO

from app.platform.imports.declaration import ImportKind
from app.platform.kernel.texts import Translator


def build_template(kind: ImportKind, translate: Translator) -> bytes:
    """An .xlsx of one sheet: the fields' labels, those first that every row must have; all cells are text."""
    import xlsxwriter

    required = kind.required(None)
    fields = sorted(kind.fields, key=lambda field: field.name not in required)
    output = BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as workbook:
        text = {"num_format": "@"}
        needed = workbook.add_format({**text, "bold": True, "bottom": 1, "bg_color": "#FFF4D6"})
        optional = workbook.add_format({**text, "bold": True, "bottom": 1})
        sheet = workbook.add_worksheet(translate(kind.title)[:31])
        sheet.set_column(0, len(fields) - 1, 16, workbook.add_format(text))
        for column, field in enumerate(fields):
            sheet.write_string(0, column, field.label, needed if field.name in required else optional)
        sheet.freeze_panes(1, 0)
    return output.getvalue()
