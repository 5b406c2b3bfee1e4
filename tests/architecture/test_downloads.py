"""Every download is audited."""

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from app.asgi import API_HANDLERS, PAGE_HANDLERS
from app.platform.http.audited_reads import OPTION, Audited

WRITTEN_BY_THE_USE_CASE = {
    "approval_link_document": "approval.document_downloaded",
    "export_tickets": "ticket.exported",
    "download_personal_data": "personal_data.exported",
    "get_ticket_import_report": "ticket_import.report_downloaded",
    "print_labels": "label.printed",
    "issue_pins": "pin.issued",
    "download_fapiao_sheet": "fapiao.exported",
    "download_fapiao_sheet_from_page": "fapiao.exported",
    "linked_document": "invoice.downloaded",
    "finance_sheet_page": "network_finance.exported",
    "download_network_finance": "network_finance.exported",
}
"""Handlers whose use case writes the download down itself."""

NO_RECORDS = {
    "get_template": "headings without rows",
    "template": "headings without rows",
    "get_thumbnail": "a part of the page that shows it",
    "show_thumbnail": "a part of the page that shows it",
    "service_worker": "a script of the program",
    "web_manifest": "a description of the program",
}


def test_every_download_is_written_down() -> None:
    silent = {
        f"{handler.fn.__module__}.{handler.fn.__name__}"
        for handler in (*API_HANDLERS, *PAGE_HANDLERS)
        if isinstance(handler, HTTPRouteHandler)
        and handler.fn.__annotations__.get("return") == Response[bytes]
        and not isinstance(handler.opt.get(OPTION), Audited)
        and handler.fn.__name__ not in WRITTEN_BY_THE_USE_CASE.keys() | NO_RECORDS.keys()
    }
    assert not silent, f"{silent}: say audited=Audited(…) (app/platform/http/audited_reads.py), or here why not"
