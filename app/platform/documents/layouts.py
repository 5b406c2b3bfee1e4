"""How a document looks: content as data, a Typst template, and the words that stand on the page. Pure.

The content is one thing, the signature another: the client signs the hash of the content, and whoever draws the
document later checks that it is still the same.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Generic, TypeVar

import msgspec

from app.platform.documents.errors import ContentMismatch
from app.platform.documents.images import printable_photo, signature_ink
from app.platform.documents.typesetting import typeset
from app.platform.kernel.texts import Translator

Content = TypeVar("Content", bound=msgspec.Struct)

SIGNATURE_FILE: Final = "signature.svg"
"""What a template draws the signature from."""


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """Who signed, when (aware UTC), and the strokes on the screen as a PNG."""

    name: str
    signed_at: datetime
    image: bytes
    content_hash: str
    """Hash of the content that was on the screen when it was signed."""


class Print(msgspec.Struct, frozen=True, kw_only=True):
    """What a page shows beside its content. `translate` is into the reader's language."""

    translate: Translator
    content_hash: str
    signature: Signature | None = None


def _none(_: object) -> Iterable[str]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Layout(Generic[Content]):
    """The look of one kind of document."""

    template: Path
    """The Typst file."""
    page: Callable[[Content, Print], Mapping[str, object]]
    """What the template finds as `data`."""
    images: Callable[[Content], Iterable[str]] = _none
    """The photos that the content names, by the SHA-256 of their bytes; the template draws `image_file(sha256)`."""


def content_hash(content: msgspec.Struct) -> str:
    """SHA-256 of the content's canonical JSON, in lower-case hexadecimal: fields in declared order, keys sorted.

    With `omit_defaults=True` a field that is added later changes no hash that was signed earlier.
    """
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()


def image_file(sha256: str) -> str:
    """What a template draws a photo from."""
    return f"photo-{sha256}.svg"


def document_pdf(
    layout: Layout[Content],
    content: Content,
    *,
    translate: Translator,
    made_at: datetime,
    signature: Signature | None = None,
    images: Mapping[str, bytes] | None = None,
) -> bytes:
    """The document as PDF; equal input gives equal bytes.

    Args:
        layout: how it looks.
        content: what it says.
        translate: into the reader's language.
        made_at: aware time of this edition, for the file's metadata.
        signature: given for exactly this content.
        images: the photos' bytes (JPEG, PNG or WebP) by their SHA-256.

    Raises:
        ContentMismatch: the signature was given for other content, or a photo is missing or not the one named.
        UnusableImage: the signature or a photo cannot be read, or the signature is blank.
    """
    digest = content_hash(content)
    if signature is not None and signature.content_hash != digest:
        raise ContentMismatch
    drawings = {image_file(sha256): _checked(sha256, images or {}) for sha256 in layout.images(content)}
    if signature is not None:
        drawings[SIGNATURE_FILE] = signature_ink(signature.image)
    page = layout.page(content, Print(translate=translate, content_hash=digest, signature=signature))
    return typeset(layout.template, page, made_at=made_at, drawings=drawings)


def _checked(sha256: str, images: Mapping[str, bytes]) -> str:
    image = images.get(sha256)
    if image is None or hashlib.sha256(image).hexdigest() != sha256:
        raise ContentMismatch(photo=sha256)
    return printable_photo(image)
