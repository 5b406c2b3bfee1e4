"""The layout of our e-mails, as HTML with one column and one button, and as plain text."""

from collections.abc import Sequence
from typing import Final

import msgspec
from markupsafe import Markup, escape

from app.platform.kernel.texts import N_, translator

FOOT: Final = N_("萤火 · IT 服务就在身边")

# Mail programs know no style sheets of ours: every rule stands on its element.
_PAGE: Final = Markup(
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{subject}</title></head>'
    '<body style="margin:0;padding:24px 12px;background:#f3f4f8;color:#1a2035;'
    "font:16px/1.6 -apple-system,'PingFang SC','Microsoft YaHei',sans-serif\">"
    '<div style="max-width:560px;margin:0 auto;background:#ffffff;border-radius:12px;overflow:hidden">'
    '<div style="padding:16px 24px;background:#111830;color:#ffb938;font-weight:600">{brand}</div>'
    '<div style="padding:24px"><h1 style="margin:0 0 16px;font-size:20px">{subject}</h1>{body}</div></div>'
    '<p style="max-width:560px;margin:16px auto;color:#5b6178;font-size:13px">{foot}</p></body></html>'
)
_PARAGRAPH: Final = Markup('<p style="margin:0 0 16px">{}</p>')
_BUTTON: Final = Markup(
    '<p style="margin:24px 0"><a href="{address}" style="display:inline-block;padding:12px 24px;border-radius:8px;'
    'background:#ffb938;color:#111830;font-weight:600;text-decoration:none">{label}</a></p>'
    '<p style="margin:0;color:#5b6178;font-size:13px;word-break:break-all">{address}</p>'
)


class EmailAction(msgspec.Struct, frozen=True):
    """The e-mail's button: its label and absolute address."""

    label: str
    address: str


class EmailContent(msgspec.Struct, frozen=True):
    """An e-mail's three parts, in the reader's language."""

    subject: str
    text: str
    html: str


def email_content(
    language: str, subject: str, paragraphs: Sequence[str], step: EmailAction | None = None
) -> EmailContent:
    """Put translated paragraphs into the layout; everything is escaped."""
    translate = translator(language)
    foot = translate(FOOT)
    lines = [*paragraphs]
    body = Markup("").join(
        _PARAGRAPH.format(Markup("<br>").join(escape(line) for line in paragraph.split("\n")))
        for paragraph in paragraphs
    )
    if step is not None:
        lines.append(f"{step.label}\n{step.address}")
        body += _BUTTON.format(address=step.address, label=step.label)
    html = _PAGE.format(language=language, subject=subject, brand=translate(N_("萤火")), body=body, foot=foot)
    return EmailContent(subject, "\n\n".join([*lines, f"-- \n{foot}"]), str(html))


def as_html(language: str, subject: str, text: str) -> str:
    """The layout around a message that was written as plain text, paragraphs parted by empty lines."""
    return email_content(language, subject, [part for part in text.split("\n\n") if part.strip()]).html
