"""Documents on paper: numbered editions of what the records say, signed on the screen, drawn as PDF, archived, sent.

An area declares a `DocumentKind` (docs/conventions.md, Documents); labels and slips are only typeset.
"""

from app.platform.documents.editions import DocumentKind, editions_of, newest_edition, up_to_date
from app.platform.documents.errors import BlankSignature, UnusableImage
from app.platform.documents.glyphs import missing_characters, require_glyphs
from app.platform.documents.images import SIGNATURE_BYTES_LIMIT
from app.platform.documents.layouts import Layout, Print, Signature, content_hash, document_pdf, image_file
from app.platform.documents.printing import Printable, archive, printable
from app.platform.documents.sending import edition_notice
from app.platform.documents.signing import Signing, keep_signature, sign
from app.platform.documents.typesetting import typeset

__all__ = [
    "SIGNATURE_BYTES_LIMIT",
    "BlankSignature",
    "DocumentKind",
    "Layout",
    "Print",
    "Printable",
    "Signature",
    "Signing",
    "UnusableImage",
    "archive",
    "content_hash",
    "document_pdf",
    "edition_notice",
    "editions_of",
    "image_file",
    "keep_signature",
    "missing_characters",
    "newest_edition",
    "printable",
    "require_glyphs",
    "sign",
    "typeset",
    "up_to_date",
]
