"""Sending editions: a link, once to each addressee of each edition, told in the delivery log."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.platform.documents.editions import DocumentKind
from app.platform.notifications import Notice


def edition_notice(
    kind: DocumentKind[Any, Any], edition_id: UUID, text: str, link: str, parameters: Mapping[str, object]
) -> Notice:
    """For `notify` (members) and `write_to` (other addresses): whoever got this edition does not get it again.

    `text` is a source text of the catalogue that names the document; the link leads to where it may be read.
    """
    return Notice(reference=f"{kind.name}:{edition_id}", text=text, parameters=parameters, link=link)
