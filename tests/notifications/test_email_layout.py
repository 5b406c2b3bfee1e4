"""E-mails share one layout and have the same content as text and as HTML."""

from app.platform.notifications import EmailAction, email_content


def test_a_letter_escapes_what_people_wrote_and_says_the_same_twice() -> None:
    made = email_content(
        "en", "<b>Hi</b>", ["One & two\nlines", "<script>"], EmailAction("Open", "https://a.example/?a=1&b=2")
    )
    assert "One & two\nlines\n\n<script>\n\nOpen\nhttps://a.example/?a=1&b=2" in made.text
    assert "<script>" not in made.html
    assert "<b>" not in made.html
    assert "One &amp; two<br>lines" in made.html
    assert 'href="https://a.example/?a=1&amp;b=2"' in made.html
