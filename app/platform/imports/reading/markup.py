"""Tables that call themselves .xls and are text: web pages, and the XML of Excel 2003. Excel opens both.

Neither is trusted: nothing outside the text is asked for, and an XML with a document type, the place of entities, is
refused.
"""

import re
from datetime import datetime
from html.parser import HTMLParser
from io import BytesIO
from typing import Final
from xml.parsers import expat

from app.platform.imports.reading.cell_marks import Limits, SheetScan, marks_of
from app.platform.imports.reading.issues import FileDamaged
from app.platform.imports.reading.number_formats import adds_to_number, displayed_text

Value = str | float | bool | datetime
Grid = list[list[Value]]
Merges = list[tuple[tuple[int, int], tuple[int, int]]]

_HTML = re.compile(r"<(?:!doctype\s+html|html|head|meta|body|table|style)\b", re.IGNORECASE)
_XML: Final = "<?xml"
_SPREADSHEET: Final = "urn:schemas-microsoft-com:office:spreadsheet"
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.-]{3,20})""", re.IGNORECASE)
_DECLARATION = re.compile(r"<\?xml\b.*?\?>", re.DOTALL)
_SEARCHED: Final = 4_096


class SheetBuilder:
    """Builds a sheet cell by cell, inside the limits."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.rows: Grid = []
        self.merges: Merges = []
        self.formulas: set[tuple[int, int]] = set()
        self.scan = SheetScan(limits)

    def put(self, row: int, column: int, value: Value) -> None:
        """One cell that says something.

        Raises:
            FileRefused: it lies outside the limits.
        """
        self.scan.add(row, column, has_formula=(row, column) in self.formulas)
        while len(self.rows) <= row:
            self.rows.append([])
        cells = self.rows[row]
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = value

    def merge(self, row: int, column: int, height: int, width: int) -> None:
        """A cell that covers others."""
        if height > 1 or width > 1:
            self.merges.append(((row, column), (row + height - 1, column + width - 1)))


def declared_encoding(content: bytes) -> str:
    """What a page or an XML says of its encoding, in small letters, or ""."""
    found = _DECLARED.search(content[:_SEARCHED]) if content.lstrip()[:1] == b"<" else None
    return found[1].decode("ascii").lower() if found else ""


def is_html(text: str) -> bool:
    """Whether a text is a web page."""
    beginning = text[:_SEARCHED].lstrip("\ufeff \t\r\n")
    if beginning.startswith(_XML):
        beginning = _DECLARATION.sub("", beginning, count=1).lstrip()
    return _HTML.match(beginning) is not None


def is_spreadsheet_xml(text: str) -> bool:
    """Whether a text is a workbook of Excel 2003's XML."""
    return text[:_SEARCHED].lstrip("\ufeff \t\r\n").startswith("<") and _SPREADSHEET in text[:_SEARCHED]


def read_html(text: str, limits: Limits) -> list[SheetBuilder]:
    """The tables of a web page, each as a sheet.

    Raises:
        FileRefused: outside the limits.
    """
    reader = _HtmlReader(limits)
    reader.feed(text)
    reader.close()
    marks_of([sheet.scan for sheet in reader.sheets], limits)
    return reader.sheets


class _OpenTable:
    def __init__(self, sheet: SheetBuilder) -> None:
        self.sheet = sheet
        self.row = self.column = -1
        self.covered: dict[int, int] = {}
        """Column → rows that a cell above still covers."""
        self.text: list[str] | None = None
        self.width = 1


class _HtmlReader(HTMLParser):
    """Follows tables, also inside other tables: layouts have them."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.sheets: list[SheetBuilder] = []
        self._limits = limits
        self._open: list[_OpenTable] = []
        self._ignored_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            sheet = SheetBuilder(f"HTML {len(self.sheets) + 1}", self._limits)
            self.sheets.append(sheet)
            self._open.append(_OpenTable(sheet))
        elif tag in {"script", "style"}:
            self._ignored_depth += 1
        elif self._open:
            table = self._open[-1]
            if tag == "tr":
                self._finish_cell(table)
                table.row, table.column = table.row + 1, -1
            elif tag in {"td", "th"}:
                self._start_cell(table, dict(attrs))
            elif tag in {"br", "p", "div"} and table.text:
                table.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._ignored_depth = max(0, self._ignored_depth - 1)
        elif self._open and tag in {"td", "th", "tr"}:
            self._finish_cell(self._open[-1])
        elif self._open and tag == "table":
            self._finish_cell(self._open.pop())

    def handle_data(self, data: str) -> None:
        if not self._ignored_depth and self._open and (text := self._open[-1].text) is not None:
            text.append(" ".join(data.replace("\xa0", " ").split()) or " ")

    def _start_cell(self, table: _OpenTable, attributes: dict[str, str | None]) -> None:
        self._finish_cell(table)
        table.row = max(table.row, 0)
        table.column += 1
        while table.covered.get(table.column, -1) >= table.row:
            table.column += 1
        height = _span(attributes.get("rowspan"), self._limits.rows)
        width = _span(attributes.get("colspan"), self._limits.columns)
        for column in range(table.column, table.column + width) if height > 1 else ():
            table.covered[column] = table.row + height - 1
        table.sheet.merge(table.row, table.column, height, width)
        table.text = []
        table.width = width

    def _finish_cell(self, table: _OpenTable) -> None:
        if table.text is None:
            return
        lines = (" ".join(line.split()) for line in " ".join(table.text).split("\n"))
        value = "\n".join(line for line in lines if line)
        if len(value) > self._limits.cell_characters:
            raise FileDamaged
        if value:
            table.sheet.put(table.row, table.column, value)
        table.text = None
        table.column += table.width - 1


def _span(written: str | None, maximum: int) -> int:
    return max(1, min(int(written), maximum)) if written and written.isascii() and written.isdigit() else 1


def read_spreadsheet_xml(text: str, limits: Limits) -> list[SheetBuilder]:
    """The sheets of an XML workbook [MS-OI29500, SpreadsheetML 2003].

    Raises:
        FileRefused: damaged, with a document type, or outside the limits.
    """
    reader = _XmlReader(limits)
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        plain = _DECLARATION.sub("", text.lstrip("\ufeff \t\r\n"), count=1)
        parser.ParseFile(BytesIO(plain.encode("utf-8", "replace")))
    except (expat.ExpatError, ValueError) as error:
        raise FileDamaged from error
    marks_of([sheet.scan for sheet in reader.sheets], limits)
    return reader.sheets


def _refuse_document_type(*_: object) -> None:
    raise FileDamaged


class _XmlReader:
    def __init__(self, limits: Limits) -> None:
        self.sheets: list[SheetBuilder] = []
        self._limits = limits
        self._row = self._column = -1
        self._type = self._style = self._open_style = ""
        self._formats: dict[str, str] = {}
        self._text: list[str] | None = None
        self._width = 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        element = name.rpartition(" ")[2]
        values = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if element == "Style":
            self._open_style = values.get("ID", "")
        elif element == "NumberFormat":
            self._formats[self._open_style] = values.get("Format", "")
        elif element == "Worksheet":
            self.sheets.append(SheetBuilder(values.get("Name", "")[:80], self._limits))
            self._row = -1
        elif element == "Row" and self.sheets:
            self._row = int(values["Index"]) - 1 if "Index" in values else self._row + 1
            self._column, self._width = -1, 1
        elif element == "CellContext" and self.sheets:
            self._start_cell(values)
        elif element == "Data":
            self._type, self._text = values.get("Type", "String"), []

    def _start_cell(self, values: dict[str, str]) -> None:
        self._column = int(values["Index"]) - 1 if "Index" in values else self._column + self._width
        if self._row < 0 or self._column < 0:
            raise FileDamaged
        self._width = int(values.get("MergeAcross", "0")) + 1
        self._style = values.get("StyleID", "")
        sheet = self.sheets[-1]
        sheet.merge(self._row, self._column, int(values.get("MergeDown", "0")) + 1, self._width)
        if "Formula" in values:
            sheet.formulas.add((self._row, self._column))

    def end(self, name: str) -> None:
        """An element ends."""
        if name.rpartition(" ")[2] != "Data" or self._text is None:
            return
        value = self._value("".join(self._text))
        if value != "" and self.sheets and self._row >= 0 and self._column >= 0:
            self.sheets[-1].put(self._row, self._column, value)
        self._text = None

    def data(self, text: str) -> None:
        """Characters between elements."""
        if self._text is not None:
            self._text.append(text)

    def _value(self, text: str) -> Value:
        if len(text) > self._limits.cell_characters:
            raise FileDamaged
        match self._type:
            case "Number":
                number = float(text)
                code = self._formats.get(self._style, "")
                return (displayed_text(number, code) if adds_to_number(code) else None) or number
            case "DateTime":
                return datetime.fromisoformat(text[:19])
            case "Boolean":
                return text == "1"
            case "Error":
                return ""
            case _:
                return text
