"""What every list that comes in has: a dry run, a mapping, a confirmation, and a writing that can be killed."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.assets.clients.models import Client
from app.platform.files.models import StoredFile
from app.platform.imports import runner
from app.platform.imports.kinds import import_kinds
from app.platform.imports.models import ImportMapping, ImportRun
from app.platform.imports.personal_data import erase
from app.platform.imports.reading.rows import read_import
from app.platform.imports.reading.workbook import read_workbook
from app.platform.imports.records import RecordImporter
from app.platform.imports.tasks import LISTS_KEPT, forget_old_lists
from app.platform.imports.template import build_template
from app.platform.kernel.ids import new_id
from app.platform.kernel.personal_data import Person
from app.platform.kernel.texts import translator
from app.platform.kernel.time_source import SettableClock
from tests.conftest import ClientFor
from tests.factories.device_workbook import Formula, workbook_bytes
from tests.factories.imports import ListUploads, codes
from tests.factories.network import Network


def small(*rows: str, headings: str = "代码,名称,备注") -> str:
    return "\n".join([headings, *rows])


async def clients(lists: ListUploads) -> dict[str, tuple[str, str, int]]:
    return {each.code: (each.name, each.remark, each.version) for each in await lists.rows(Client)}


async def test_the_dry_run_writes_nothing_and_the_confirmation_does(lists: ListUploads) -> None:
    uploaded = await lists.upload(small("A-1,甲,", "A-2,乙,老客户", "A-1,丙,", f"A-4,{'长' * 21},", ",丁,"))
    assert (uploaded["state"], uploaded["counts"]["new"], uploaded["counts"]["refused"]) == ("ready", 2, 3)
    assert codes(uploaded) == [("A4", "value_duplicate"), ("B5", "too_long"), ("A6", "value_missing")]
    assert await clients(lists) == {}
    await lists.post(uploaded, "confirm")
    done = await lists.run(uploaded)
    assert (done["state"], done["written"]) == ("done", {"new": 2, "changed": 0, "unchanged": 0, "refused": 3})
    assert await clients(lists) == {"A-1": ("甲", "", 1), "A-2": ("乙", "老客户", 1)}


async def test_twice_is_once_and_an_empty_cell_changes_nothing(lists: ListUploads) -> None:
    await lists.import_list(small("A-1,甲,老客户", "A-2,乙,"))
    again = await lists.import_list(small("A-1,甲,", "A-2,乙二,", "A-3,丙,"))
    assert again["written"] == {"new": 1, "changed": 1, "unchanged": 1, "refused": 0}
    assert await clients(lists) == {"A-1": ("甲", "老客户", 1), "A-2": ("乙二", "", 2), "A-3": ("丙", "", 1)}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "list_import.file_empty"),
        (b"  \n ", "list_import.file_empty"),
        (b"\x7fELF\x00\x01", "list_import.file_type_unknown"),
        (b"PK\x03\x04 and no more", "list_import.file_damaged"),
        ("代码,名称\n" + "A,甲\n" * 2_001, "list_import.too_many_rows"),
    ],
)
async def test_what_is_no_list_is_refused_in_words(lists: ListUploads, content: bytes | str, code: str) -> None:
    answer = await lists.send(content)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await lists.rows(ImportRun) == []


async def test_seventy_thousand_rows_are_refused_before_they_are_read_into_records(lists: ListUploads) -> None:
    content = "代码,名称\n" + "".join(f"A-{number},甲\n" for number in range(70_000))
    answer = await lists.send(content)
    assert (answer.status_code, answer.json()["code"]) == (422, "list_import.too_many_rows")
    assert "2000" in answer.text


async def test_of_two_columns_with_one_heading_the_first_is_read(lists: ListUploads) -> None:
    uploaded = await lists.upload(small("A-1,甲,乙", headings="代码,名称,名称"))
    assert [heading["field"] for heading in uploaded["headings"]] == ["code", "name", "name"]
    await lists.post(uploaded, "confirm")
    await lists.run(uploaded)
    assert (await clients(lists))["A-1"][0] == "甲"


async def test_merged_and_blank_rows_formulas_numbers_and_dates_come_as_what_is_seen(lists: ListUploads) -> None:
    from datetime import date

    rows: list[list[Any]] = [["客户一览"], [], ["代码", "名称", "备注"], [1001, Formula("=A1", "甲"), date(2026, 3, 5)]]
    uploaded = await lists.upload(workbook_bytes({"表": [*rows, [], ["合计", 1]]}), name="a.xlsx")
    assert codes(uploaded) == [("B4", "formula_cell"), ("C4", "date_in_text")]
    assert uploaded["counts"]["skipped"] == 1
    await lists.post(uploaded, "confirm")
    await lists.run(uploaded)
    assert await clients(lists) == {"1001": ("甲", "2026-03-05", 1)}


async def test_a_wrong_encoding_is_seen_in_the_first_lines_and_chosen_anew(lists: ListUploads) -> None:
    uploaded = await lists.upload(small("A-1,厦门建发,").encode("gb18030"))
    assert (uploaded["read_as"]["encoding"], uploaded["read_as"]["is_guess"]) == ("gb18030", True)
    assert uploaded["read_as"]["lines"] == ["代码,名称,备注", "A-1,厦门建发,"]
    wrong = (await lists.post(uploaded, "mapping", mapping={}, encoding="windows-1252")).json()
    assert (wrong["state"], wrong["problem"]) == ("mapping", "list_import.heading_missing")
    right = (await lists.post(wrong, "mapping", mapping={}, encoding="gb18030")).json()
    assert (right["state"], right["counts"]["new"]) == ("ready", 1)


async def test_a_heading_is_said_once_and_remembered_for_the_company(lists: ListUploads) -> None:
    content = small("A-1,甲,x", headings="我们的号,名称,随便")
    uploaded = await lists.upload(content)
    assert (uploaded["state"], uploaded["problem"]) == ("mapping", "list_import.key_heading_missing")
    refused = await lists.post(uploaded, "mapping", mapping={"我们的号": "colour"})
    assert refused.status_code == 422
    mapped = (await lists.post(uploaded, "mapping", mapping={"我们的号": "code", "随便": None})).json()
    await lists.post(mapped, "confirm")
    await lists.run(mapped)
    assert (await lists.upload(content))["state"] == "ready"
    await lists.import_list(small("A-2,乙"))
    (remembered,) = await lists.rows(ImportMapping)
    assert remembered.mapping["我们的号"] == "code"


async def test_a_killed_worker_loses_one_chunk_and_the_next_goes_on(
    lists: ListUploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "CHUNK_ROWS", 10)
    uploaded = await lists.upload(small(*(f"A-{number},甲," for number in range(35))))
    await lists.post(uploaded, "confirm")
    whole, chunks = RecordImporter.write, 0

    async def killed_in_the_third(self: Any, work: Any, plan: Any) -> None:
        nonlocal chunks
        chunks += 1
        await whole(self, work, plan)
        if chunks == 3:
            raise ConnectionError("killed")

    monkeypatch.setattr(RecordImporter, "write", killed_in_the_third)
    with pytest.raises(ConnectionError):
        await lists.run(uploaded)
    (half,) = await lists.rows(ImportRun)
    assert (half.state, half.rows_done, len(await clients(lists))) == ("running", 20, 20)
    done = await lists.run(uploaded)
    assert (done["state"], done["written"]["new"], len(await clients(lists))) == ("done", 35, 35)
    assert (await lists.run(uploaded))["written"] == done["written"]


async def test_of_two_people_with_a_list_the_second_looks_again(lists: ListUploads) -> None:
    first, second = await lists.upload(small("A-1,甲,")), await lists.upload(small("A-1,乙,", "A-2,丙,"))
    assert (await lists.post(first, "confirm")).status_code == 200
    overtaken = await lists.post(second, "confirm")
    assert (overtaken.status_code, overtaken.json()["code"]) == (409, "list_import.overtaken")
    await lists.run(first)
    again = (await lists.post(second, "mapping", mapping={})).json()
    assert (again["counts"]["new"], again["counts"]["changed"]) == (1, 1)
    assert (await lists.post(again, "confirm")).status_code == 200
    assert (await lists.run(again))["written"]["changed"] == 1


async def test_what_a_person_changed_stays_unless_the_list_is_to_win(
    lists: ListUploads, http: ClientFor, clock: SettableClock
) -> None:
    await lists.import_list(small("A-1,甲,旧"))
    clock.advance(timedelta(hours=1))
    owner = await http(lists.partner.owner)
    (client,) = await lists.rows(Client)
    written = {"name": "甲公司", "code": "a-1", "remark": "旧", "version": client.version}
    assert (await owner.put(f"/api/v1/clients/{client.id}", json=written)).status_code == 200
    async with lists.runtime.units_of_work.begin(lists.partner.system) as work:
        await work.session.execute(update(Client).values(code="A-1").execution_options(synchronize_session=False))
    clock.advance(timedelta(hours=1))
    uploaded = await lists.upload(small("A-1,甲,新"))
    assert codes(uploaded) == [("B2", "changed_by_person")]
    assert uploaded["issues"][0]["parameters"]["value"] == "甲公司"
    assert (uploaded["counts"]["changed"], uploaded["counts"]["stay"]) == (1, 1)
    prefers = (await lists.post(uploaded, "mapping", mapping={}, prefers_list=True)).json()
    assert (prefers["issues"], prefers["prefers_list"]) == ([], True)
    back = (await lists.post(prefers, "mapping", mapping={}, prefers_list=False)).json()
    assert back["counts"]["stay"] == 1
    await lists.post(back, "confirm")
    await lists.run(back)
    assert (await clients(lists))["A-1"][:2] == ("甲公司", "新")


async def test_what_changed_after_the_dry_run_stays_although_the_list_is_to_win(
    lists: ListUploads, http: ClientFor, clock: SettableClock
) -> None:
    await lists.import_list(small("B-1,甲,旧"))
    clock.advance(timedelta(hours=1))
    uploaded = await lists.upload(small("B-1,甲,新"))
    prefers = (await lists.post(uploaded, "mapping", mapping={}, prefers_list=True)).json()
    clock.advance(timedelta(minutes=1))
    async with lists.runtime.units_of_work.begin(lists.partner.owner) as work:
        (client,) = await work.session.scalars(Client.__table__.select().with_only_columns(Client.id))
        await work.session.execute(update(Client).values(remark="刚写的").execution_options(synchronize_session=False))
        work.audit("client.changed", "client", client, fields=["remark"])
    await lists.post(prefers, "confirm")
    done = await lists.run(prefers)
    assert (done["written"]["changed"], (await clients(lists))["B-1"][1]) == (0, "刚写的")


async def test_another_company_s_import_does_not_exist_and_who_may_not_is_told(
    lists: ListUploads, network: Network, http: ClientFor
) -> None:
    uploaded = await lists.upload(small("A-1,甲,"))
    stranger = await http((await network.partner("广州萤火信息科技有限公司")).owner)
    for path in ("", "/error-sheet"):
        assert (await stranger.get(f"/api/v1/imports/{uploaded['id']}{path}")).status_code == 404
    for step in ("confirm", "cancel", "mapping"):
        body = {"version": uploaded["version"]} | ({"mapping": {}} if step == "mapping" else {})
        assert (await stranger.post(f"/api/v1/imports/{uploaded['id']}/{step}", json=body)).status_code == 404
    assert (await stranger.get("/api/v1/imports")).json() == []
    reader = await network.member(lists.partner.id, "许质检", ["quality_agent"])
    assert (await lists.send(small("A-1,甲,"), actor=reader)).status_code == 403
    caller = await http(reader)
    assert (await caller.get("/api/v1/imports")).status_code == 403
    assert (await caller.get(f"/api/v1/imports/{uploaded['id']}")).status_code == 403
    assert (await caller.get("/workspace/imports")).status_code == 403


async def test_who_imports_lists_of_one_kind_sees_none_of_another(
    lists: ListUploads, network: Network, http: ClientFor
) -> None:
    """An engineer brings antivirus reports in, and no devices."""
    uploaded = await lists.upload(small("A-1,甲,"))
    engineer = await network.engineer(lists.partner)
    assert (await lists.send(small("A-1,甲,"), actor=engineer)).status_code == 403
    caller = await http(engineer)
    assert (await caller.get("/api/v1/imports")).json() == []
    assert (await caller.get(f"/api/v1/imports/{uploaded['id']}")).status_code == 404
    assert uploaded["id"] not in (await caller.get("/workspace/imports")).text


async def test_nobody_imports_a_kind_that_does_not_exist(lists: ListUploads) -> None:
    lists.kind = "colours"
    assert (await lists.send(small("A-1,甲,"))).status_code == 404


async def test_the_error_sheet_has_every_row_with_its_reasons_and_runs_nothing(
    lists: ListUploads, http: ClientFor
) -> None:
    uploaded = await lists.upload(small("=HYPERLINK(1),甲,", ",乙,", "A-3,丙,"))
    caller = await http(lists.partner.owner)
    answer = await caller.get(f"/api/v1/imports/{uploaded['id']}/error-sheet")
    (sheet,) = read_workbook(answer.content).sheets
    assert not sheet.marks.formulas
    assert [row[1] for row in sheet.rows] == ["行号", "2", "3"]


async def test_after_a_month_a_list_is_counts(lists: ListUploads, clock: SettableClock) -> None:
    done = await lists.import_list(small("A-1,甲,", ",乙,"))
    waiting = await lists.upload(small(",丙,", "A-2,丁,"))
    assert done["issues"]
    clock.advance(LISTS_KEPT + timedelta(days=1))
    await forget_old_lists(lists.runtime, lists.partner.id)
    assert await forget_old_lists(lists.runtime, lists.partner.id) == 0
    runs = {str(run.id): run for run in await lists.rows(ImportRun)}
    assert [runs[each["id"]].issues for each in (done, waiting)] == [[], []]
    assert (runs[done["id"]].summary["written"]["new"], runs[waiting["id"]].state) == (1, "cancelled")
    assert runs[done["id"]].summary["read_as"] is None
    assert await lists.rows(StoredFile, StoredFile.subject_kind == "import_run") == []


async def test_whose_data_is_erased_is_not_quoted_by_lists_any_more(lists: ListUploads) -> None:
    done = await lists.import_list(small("A-1,王伟的公司,", f"A-2,王伟{'长' * 30},"))
    waiting = await lists.upload(small(f"A-3,王伟{'长' * 30},", "A-4,甲,"))
    async with lists.runtime.units_of_work.begin(lists.partner.system) as work:
        person = Person(
            session=work.session,
            client_id=new_id(),
            employee_id=new_id(),
            reporters=(),
            name="王伟",
            addresses=(),
            pseudonym="员工 7",
            words=(("王伟", "员工 7"),),
        )
        assert await erase(person) == {"import_run": 1}
    runs = {str(run.id): run for run in await lists.rows(ImportRun)}
    assert (runs[done["id"]].issues, runs[done["id"]].summary["is_forgotten"]) == ([], True)
    assert "王伟" not in str(runs[waiting["id"]].issues) + str(runs[waiting["id"]].summary)
    assert [file.subject_id for file in await lists.rows(StoredFile)] == [runs[waiting["id"]].id]


async def test_the_page_leads_from_the_file_to_the_result(lists: ListUploads, http: ClientFor) -> None:
    browser = await http(lists.partner.owner)
    page = await browser.get("/workspace/imports?kind=small")
    assert "必须有这些列：代码" in page.text
    done = await lists.import_list(small("A-1,甲,"))
    shown = await browser.get(f"/workspace/imports/{done['id']}")
    assert "已导入" in shown.text
    template = await browser.get("/workspace/imports/templates/small")
    (sheet,) = read_workbook(template.content).sheets
    assert sheet.rows == [["代码", "名称", "备注"]]


@pytest.mark.parametrize("kind", import_kinds().values(), ids=list(import_kinds()))
def test_every_kind_reads_its_own_template_and_has_words_for_all_it_says(kind: Any) -> None:
    from datetime import date

    content = build_template(kind, translator("zh-CN"))
    parsed = read_import(content, kind, today=date(2026, 11, 23))
    assert {column.field for column in parsed.tables[0].columns} == set(kind.labels)
    assert {unique.field for unique in kind.unique} <= set(kind.labels)
    assert {unique.code for unique in kind.unique} <= set(kind.texts)
    assert {field.missing for field in kind.fields} <= set(kind.texts)
    endings = ("respelt", "similar", "new_similar", "unknown")
    assert {f"{each.name}_{end}" for each in kind.fields if each.names_record for end in endings} <= set(kind.texts)


def test_every_kind_has_its_command() -> None:
    from app.cli import main

    commands = {command.name for command in main.registered_commands}
    assert {f"import-{name}" for name in import_kinds() if name != "small"} <= commands
