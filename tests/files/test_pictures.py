"""Photos come in from phones; what is kept shows the fault and says nothing about who took it."""

import io
import struct
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageDraw

from app.platform.files import FileRefused, inspect_upload
from app.platform.files.errors import BrokenPicture, TooManyPixels

GPS = 0x8825
ORIENTATION = 0x0112
ARTIST = 0x013B


def picture_bytes(image_format: str, size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2, size[1]), fill="red")
    written = io.BytesIO()
    image.save(written, image_format, **options)
    return written.getvalue()


def phone_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[ARTIST] = "Zhang San"
    exif[GPS] = {1: "N", 2: (24.0, 28.0, 46.0), 3: "E", 4: (118.0, 5.0, 22.0)}
    return exif


def taken(stated: str, offset: str = "") -> bytes:
    """A camera's JPEG that says when it was taken."""
    exif = phone_exif()
    exif[ExifTags.IFD.Exif] = {ExifTags.Base.DateTimeOriginal: stated} | (
        {ExifTags.Base.OffsetTimeOriginal: offset} if offset else {}
    )
    return picture_bytes("JPEG", exif=exif)


def png_header(width: int, height: int) -> bytes:
    """A well-formed PNG that claims a size and holds next to nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def reopened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def refusal_of(data: bytes, name: str = "photo.jpg") -> type[FileRefused]:
    with pytest.raises(FileRefused) as refused:
        inspect_upload(data, name)
    return type(refused.value)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_place_and_owner_are_gone_from_every_kind_of_photo(image_format: str) -> None:
    original = picture_bytes(image_format, exif=phone_exif())
    assert reopened(original).getexif().get_ifd(GPS)

    kept = inspect_upload(original, "IMG_0001")

    for data in (kept.data, kept.thumbnail):
        assert data is not None
        assert not reopened(data).getexif()
        assert b"Zhang San" not in data
        assert b"Exif" not in data


def test_comments_profiles_and_trailing_bytes_are_gone() -> None:
    original = picture_bytes("JPEG", comment=b"made in room 301", icc_profile=b"a profile of 1 kB")
    motion_photo = original + b"\0\0\0\x18ftypmp42 a film of three seconds"

    kept = inspect_upload(motion_photo, "MVIMG_2.jpg")

    assert b"room 301" not in kept.data
    assert b"profile" not in kept.data
    assert b"ftyp" not in kept.data


def test_an_archive_hidden_behind_a_photo_does_not_survive() -> None:
    kept = inspect_upload(picture_bytes("JPEG") + b"PK\x05\x06" + b"\0" * 18, "photo.jpg")

    assert b"PK\x05\x06" not in kept.data


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_taken_sideways_stands_upright(orientation: int) -> None:
    upright_method = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    upright = reopened(picture_bytes("PNG"))
    method = upright_method.get(orientation)
    sideways = upright.transpose(method) if method is not None else upright
    written = io.BytesIO()
    sideways.save(written, "JPEG", exif=phone_exif(orientation), quality=95)

    kept = inspect_upload(written.getvalue(), "photo.jpg")

    assert (kept.width, kept.height) == (64, 48)
    left = reopened(kept.data).convert("RGB").getpixel((8, 24))
    assert isinstance(left, tuple)
    assert left[0] > 200
    assert left[1] < 60


def test_a_large_photo_is_reduced_and_has_a_small_copy() -> None:
    kept = inspect_upload(picture_bytes("JPEG", (4000, 3000)), "photo.jpg")

    assert (kept.width, kept.height) == (2560, 1920)
    assert reopened(kept.data).size == (2560, 1920)
    assert kept.thumbnail is not None
    assert reopened(kept.thumbnail).size == (480, 360)


def test_a_screenshot_keeps_its_transparency() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 255, 0)).save(written, "PNG")

    kept = inspect_upload(written.getvalue(), "截图.png")

    assert (kept.media_type, kept.display_name) == ("image/webp", "截图.webp")
    assert reopened(kept.data).mode == "RGBA"


def test_sixteen_bit_grey_keeps_its_brightness() -> None:
    written = io.BytesIO()
    Image.new("I;16", (20, 20), 30_000).save(written, "PNG")

    grey = reopened(inspect_upload(written.getvalue(), "x-ray.png").data).getpixel((5, 5))

    assert isinstance(grey, tuple)
    assert all(abs(value - 30_000 / 256) < 4 for value in grey)


@pytest.mark.parametrize(("width", "height"), [(6000, 6000), (30_000, 30_000), (2**31 - 1, 1)])
def test_a_png_that_unpacks_to_gigabytes_is_refused_by_its_claim(width: int, height: int) -> None:
    assert refusal_of(png_header(width, height), "bomb.png") is TooManyPixels


def jpeg_header(width: int, height: int, *, progressive: bool) -> bytes:
    """A JPEG that claims a size and holds a few pixels."""
    whole = picture_bytes("JPEG", progressive=progressive)
    frame = whole.index(b"\xff\xc2" if progressive else b"\xff\xc0") + 5
    return whole[:frame] + struct.pack(">HH", height, width) + whole[frame + 4 :]


def test_a_phone_may_send_more_pixels_than_an_editor() -> None:
    phone = inspect_upload(jpeg_header(8000, 6000, progressive=False), "photo.jpg")

    assert (phone.width, phone.height) == (2560, 1920)
    assert refusal_of(jpeg_header(8000, 6000, progressive=True)) is TooManyPixels
    assert refusal_of(jpeg_header(9600, 7200, progressive=False)) is TooManyPixels


def test_two_pictures_in_one_file_leave_the_first() -> None:
    written = io.BytesIO()
    first, second = Image.new("RGB", (40, 30), "red"), Image.new("RGB", (40, 30), "blue")
    first.save(written, "MPO", save_all=True, append_images=[second])

    kept = reopened(inspect_upload(written.getvalue(), "IMG_3.jpg").data)

    assert kept.format == "JPEG"
    assert getattr(kept, "n_frames", 1) == 1


def test_a_png_with_an_inflating_comment_is_refused_or_stripped() -> None:
    comment = b"Comment\0\0" + zlib.compress(b"x" * 80_000_000)
    chunk = struct.pack(">I", len(comment)) + b"zTXt" + comment + struct.pack(">I", zlib.crc32(b"zTXt" + comment))
    original = picture_bytes("PNG")
    with_comment = original[:33] + chunk + original[33:]

    assert refusal_of(with_comment, "note.png") is BrokenPicture


def test_a_jpeg_of_thousands_of_scans_is_refused() -> None:
    assert refusal_of(picture_bytes("JPEG") + b"\xff\xda" * 5000) is BrokenPicture


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_half_a_photo_is_refused(image_format: str, share: float) -> None:
    whole = picture_bytes(image_format, (400, 300))

    assert refusal_of(whole[: int(len(whole) * share)]) is BrokenPicture


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow remarks on the damage it can bear
@settings(max_examples=150, deadline=None)
@given(
    image_format=st.sampled_from(["JPEG", "PNG", "WEBP"]),
    damage=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_a_damaged_photo_is_kept_or_refused_but_never_an_accident(
    image_format: str, damage: list[tuple[float, int]]
) -> None:
    data = bytearray(picture_bytes(image_format, exif=phone_exif()))
    for place, value in damage:
        data[int(place * len(data))] = value
    try:
        kept = inspect_upload(bytes(data), "photo")
    except FileRefused:
        return
    assert b"Zhang San" not in kept.data


@pytest.mark.parametrize(
    ("stated", "offset", "moment"),
    [
        ("2026:11:30 09:15:00", "", datetime(2026, 11, 30, 1, 15, tzinfo=UTC)),
        ("2026:11:30 09:15:00", "+09:00", datetime(2026, 11, 30, 0, 15, tzinfo=UTC)),
        ("1970:01:01 00:00:00", "", None),
        ("0000:00:00 00:00:00", "", None),
        ("9999:12:31 23:59:59", "-14:00", None),
        ("yesterday", "", None),
        ("2026:11:30 09:15:00", "somewhere", None),
    ],
)
def test_a_photo_keeps_the_time_at_which_it_was_taken(stated: str, offset: str, moment: datetime | None) -> None:
    kept = inspect_upload(taken(stated, offset), "photo.jpg")
    assert kept.taken_at == moment
    assert not reopened(kept.data).getexif(), "and nothing else of what the camera wrote"
