"""Bytes into rows: what spreadsheets and other systems do to a log on its way."""

import pytest

from app.data_exchange.ticket_import.errors import ColumnsMissing, LogEmpty, LogRefused, MappingRefused
from app.data_exchange.ticket_import.log_file import LogFile, Row
from app.data_exchange.ticket_import.mapping import Mapping, parse_mapping, shipped_mappings
from app.platform.kernel.encodings import Encoding

MAPPING = """
source = "desk"
shape = "events"
delimiter = ";"
unknown = ["", "?"]
[columns]
number = "no"
at = "at"
state = "state"
[states]
"open" = "new"
"""


@pytest.fixture
def mapping() -> Mapping:
    return parse_mapping(MAPPING)


def rows(log: LogFile) -> list[tuple[str, list[tuple[int, str]]]]:
    return [(group.number, [(row.number, row["state"] or row.fault) for row in group.rows]) for group in log.groups()]


@pytest.mark.parametrize("name", sorted(shipped_mappings()))
def test_the_shipped_mappings_are_read(name: str) -> None:
    assert parse_mapping(shipped_mappings()[name]).title


def test_rows_of_one_ticket_need_not_stand_together(mapping: Mapping) -> None:
    log = LogFile(b"no;at;state\nA1;x;open\nB1;x;open\n a1 ;x;done\n", mapping)
    assert rows(log) == [("B1", [(3, "open")]), ("A1", [(2, "open"), (4, "done")])]
    assert (log.size.rows, log.size.groups) == (3, 2)
    assert [group.number for group in log.groups(skip=1)] == ["A1"]


def test_a_guessed_encoding_is_told_and_words_that_speak_against_it(mapping: Mapping) -> None:
    def first(content: bytes) -> Row:
        return next(LogFile(content, mapping).groups()).rows[0]

    western = first("no;at;state\nJürgen;x;Größe\n".encode("cp1252"))
    assert (western["no"], western.guessed, western.doubtful) == ("Jürgen", Encoding.WINDOWS_1252, "")
    mixed = "no;at;state\n单一;x;打印机卡纸\n".encode("gb18030") + b"J\xfcrgen;x;y\n"
    told = list(LogFile(mixed, mapping).groups())
    assert (told[0].rows[0].guessed, told[0].rows[0].doubtful) == (Encoding.GB18030, "")
    assert (told[1].rows[0].guessed, told[1].rows[0].doubtful) == (None, "J黵gen")
    assert first("no;at;state\n单一;x;y\n".encode()).guessed is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_usual_encodings_are_recognised(mapping: Mapping, encoding: str) -> None:
    log = LogFile("no;at;state\n单1;x;开\n".encode(encoding), mapping)
    assert rows(log) == [("单1", [(2, "开")])]


def test_line_breaks_in_quotes_belong_to_the_cell(mapping: Mapping) -> None:
    log = LogFile(b'no;at;state\r\nA;"two\r\nlines";open\r\nB;x;open\r\n', mapping)
    assert [group.number for group in log.groups()] == ["A", "B"]
    assert [row.number for group in log.groups() for row in group.rows] == [2, 3]


def test_what_is_no_record_is_told_row_by_row(mapping: Mapping) -> None:
    log = LogFile(b"no;at;state\n\n?;x;open\nA;x\nB;x;open;more\n" + b"C" * 100 + b";x;open\n", mapping)
    assert rows(log) == [
        ("", [(3, "open")]),
        ("A", [(4, "")]),
        ("B", [(5, "open")]),
        ("", [(6, "open")]),
    ]
    faults = {row.number: row.fault for group in log.groups() for row in group.rows}
    assert faults == {3: "number_missing", 4: "", 5: "too_many_cells", 6: "number_too_long"}


def test_a_quote_that_never_ends_costs_what_it_swallowed(mapping: Mapping) -> None:
    swallowed = b'A;"' + b"x;y\n" * 40_000
    log = LogFile(b"no;at;state\n" + swallowed + b"B;x;open\n", mapping)
    found = [(row.number, row.fault) for group in log.groups() for row in group.rows]
    assert (2, "unreadable") in found
    assert any(group.number == "B" for group in log.groups())


def test_a_file_of_something_else_is_refused(mapping: Mapping) -> None:
    with pytest.raises(ColumnsMissing) as refused:
        LogFile(b"number,at\n1,2\n", mapping)
    assert refused.value.parameters == {"columns": "at、no、state"}
    with pytest.raises(LogEmpty):
        LogFile(b"no;at;state\n", mapping)
    with pytest.raises(LogEmpty):
        LogFile(b"", mapping)
    with pytest.raises(LogRefused):
        LogFile(b"PK\x03\x04\xff\xff\xff\xff", mapping)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("\nstate = ", "\nstat = "), "Object contains unknown field `stat`"),
        (('"new"', '"waiting"'), "wait_reasons: say what 'open' waits for"),
        (('"new"', '"nowhere"'), "Invalid enum value 'nowhere'"),
        (("[states]", "[state]"), "Object contains unknown field `state`"),
        (('at = "at"\n', ""), "columns.at: needed"),
        (('delimiter = ";"', 'encoding = "rot13x"'), "encoding: 'rot13x' is unknown"),
        (('delimiter = ";"', 'time_zone = "Asia/Xiamen"'), "time_zone: 'Asia/Xiamen' is unknown"),
        (('delimiter = ";"', 'time_formats = ["%d %d"]'), "time_formats: '%d %d' is none"),
        (('delimiter = ";"', 'time_formats = ["%Q"]'), "time_formats: '%Q' is none"),
        (("[columns]", "[columns"), "Expected"),
    ],
)
def test_a_mapping_that_contradicts_itself_says_where(change: tuple[str, str], told: str) -> None:
    with pytest.raises(MappingRefused) as refused:
        parse_mapping(MAPPING.replace(*change, 1))
    assert told in str(refused.value.parameters["reason"])
