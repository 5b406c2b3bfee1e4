"""People type addresses in many ways; one form is stored."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.platform.kernel.contact_details import (
    ContactDetailInvalid,
    EmailDomainInvalid,
    EmailInvalid,
    EmailTooLong,
    MobileInvalid,
    PhoneInvalid,
    normalise_email,
    normalise_mobile,
    normalise_office_phone,
    normalise_phone,
)


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 13800138000",
        "+86-138-0013-8000",
        "008613800138000",
        "8613800138000",
        "１３８００１３８０００",
        "\u202d13800138000\u202c",
    ],
)
def test_spellings_of_one_mobile_are_stored_alike(typed: str) -> None:
    assert normalise_mobile(typed) == "13800138000"


@pytest.mark.parametrize("typed", ["", "12800138000", "1380013800", "138001380000", "+1 5551234567", "0592-5123456"])
def test_what_is_no_mobile_is_refused(typed: str) -> None:
    with pytest.raises(MobileInvalid):
        normalise_mobile(typed)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13800138000", "13800138000"),
        ("(0592) 5123456", "0592-5123456"),
        ("０５９２－５１２３４５６", "0592-5123456"),
        ("010 6512 3456", "010-65123456"),
        ("+86 592 5123456", "0592-5123456"),
        ("0592-5123456转801", "0592-5123456转801"),
        ("0592-5123456 ext.801", "0592-5123456转801"),
        ("4008208820", "400-820-8820"),
    ],
)
def test_telephone_numbers_take_their_usual_form(typed: str, stored: str) -> None:
    assert normalise_phone(typed) == stored


@pytest.mark.parametrize("typed", ["", "5123456", "转801", "电话", "110"])
def test_what_nobody_could_ring_is_refused(typed: str) -> None:
    with pytest.raises(PhoneInvalid):
        normalise_phone(typed)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("li.lei@example.com", "li.lei@example.com"),
        (" Li.Lei@Example.COM ", "Li.Lei@example.com"),
        ("ｌｉ＠ｅｘａｍｐｌｅ．ｃｏｍ", "li@example.com"),
        ("li@例子.中国", "li@xn--fsqu00a.xn--fiqs8s"),
        ("a+b@mail.example.com", "a+b@mail.example.com"),
    ],
)
def test_email_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert normalise_email(typed) == stored


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("", EmailInvalid),
        ("li", EmailInvalid),
        ("@example.com", EmailInvalid),
        ("li lei@example.com", EmailInvalid),
        ("li..lei@example.com", EmailInvalid),
        ("a@b@example.com", EmailInvalid),
        ("李雷@example.com", EmailInvalid),
        ("li@localhost", EmailDomainInvalid),
        ("li@-example.com", EmailDomainInvalid),
        ("li@exa_mple.com", EmailDomainInvalid),
        ("li@example..com", EmailDomainInvalid),
        ("li@192.168.1.1", EmailDomainInvalid),
        ("li@example.com\r\nBcc: all@example.com", EmailInvalid),
        ("l" * 65 + "@example.com", EmailTooLong),
        ("li@" + "a" * 252 + ".com", EmailTooLong),
    ],
)
def test_a_wrong_email_is_refused_with_its_reason(typed: str, refusal: type[ContactDetailInvalid]) -> None:
    with pytest.raises(refusal):
        normalise_email(typed)


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing(text: str) -> None:
    for normalise in (normalise_email, normalise_mobile, normalise_phone, normalise_office_phone):
        try:
            stored = normalise(text)
        except ContactDetailInvalid:
            continue
        assert normalise(stored) == stored


@given(st.emails())
def test_ordinary_addresses_are_accepted_and_stable(address: str) -> None:
    with suppress(EmailDomainInvalid):  # the generator makes domains that IDNA no longer allows
        stored = normalise_email(address)
        assert normalise_email(stored) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("8012", "8012"),
        ("分机8012", "8012"),
        ("内线 801", "801"),
        ("010-62345678-8012", "010-62345678转8012"),
        ("0592-5123456-801", "0592-5123456转801"),
        ("+86 10 62345678-8012", "010-62345678转8012"),
        ("400-820-8820-12", "400-820-8820转12"),
        ("0592-5123456-8", "0592-5123456转8"),
        ("0592-512-3456", "0592-5123456"),
        ("010-6234-5678", "010-62345678"),
        ("13800138000", "13800138000"),
    ],
)
def test_a_telephone_in_the_office_may_have_or_be_an_extension(typed: str, stored: str) -> None:
    assert normalise_office_phone(typed) == stored


@pytest.mark.parametrize("typed", ["1", "1234567", "8012-801", "张三", "010-6234567a-801"])
def test_what_is_neither_a_number_nor_an_extension_is_refused(typed: str) -> None:
    with pytest.raises(PhoneInvalid):
        normalise_office_phone(typed)
