"""Reads text, actions and versions from the desk's HTML responses."""

import html
import re

import httpx

FRAGMENT = {"HX-Request": "true"}
PANEL = {**FRAGMENT, "HX-Target": "panel"}
RECORD = {**FRAGMENT, "HX-Target": "record"}


def words(answer: httpx.Response) -> str:
    """The page without its markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def actions(answer: httpx.Response) -> set[str]:
    """The actions of the forms on a ticket's page."""
    return set(re.findall(r'<form[^>]* action="/workspace/tickets/[0-9a-f-]{36}/([a-z]+)"', answer.text))


def version(answer: httpx.Response) -> str:
    """The ticket version in the forms of a ticket's page."""
    found = re.search(r'name="version" value="(\d+)"', answer.text)
    assert found
    return found[1]
