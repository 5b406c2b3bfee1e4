"""Letters look alike and say the same in text and HTML; every text of the area has its English."""

from app.kernel.texts import ROOT
from app.notifications import Step, letter

AREA = ROOT / "app/notifications"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}


def test_a_letter_escapes_what_people_wrote_and_says_the_same_twice() -> None:
    made = letter("en", "<b>Hi</b>", ["One & two\nlines", "<script>"], Step("Open", "https://a.example/?a=1&b=2"))
    assert "One & two\nlines\n\n<script>\n\nOpen\nhttps://a.example/?a=1&b=2" in made.text
    assert "<script>" not in made.html
    assert "<b>" not in made.html
    assert "One &amp; two<br>lines" in made.html
    assert 'href="https://a.example/?a=1&amp;b=2"' in made.html
