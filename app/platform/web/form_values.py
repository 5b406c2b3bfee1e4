"""What the fields of a form say, and the struct that they describe."""

import types
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from enum import Enum
from typing import Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from litestar.datastructures import UploadFile

from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import Invalid
from app.platform.kernel.input_text import Label, TextKind, text_kinds_of
from app.platform.kernel.texts import N_

Read = TypeVar("Read", bound=msgspec.Struct)

REQUIRED: Final = N_("请填写。")
CHOOSE: Final = N_("请选择。")
TOO_LONG: Final = N_("太长了，请写短一些。")
NO_NUMBER: Final = N_("请填写数字。")
OUT_OF_RANGE: Final = N_("这个数超出了范围。")
NO_DATE: Final = N_("请选择日期。")
NOT_ACCEPTED: Final = N_("这一项不合要求，请改正。")
MOST_DIGITS: Final = 9


class FormValues(Mapping[str, str]):
    """The fields of a form as text, submitted or about to be shown. A field that is missing is empty."""

    def __init__(
        self, values: Mapping[str, Any] | None = None, uploads: Mapping[str, list[UploadFile]] | None = None
    ) -> None:
        self._values = {name: _texts(value) for name, value in (values or {}).items()}
        self._uploads = uploads or {}

    @classmethod
    def of(cls, record: msgspec.Struct, **more: Any) -> "FormValues":
        """A stored record as its form shows it; `more` is shown instead of, or beside, its own fields."""
        return cls({name: getattr(record, name) for name in record.__struct_fields__} | more)

    def __getitem__(self, name: str) -> str:
        """The first value of a field; empty where it is missing."""
        found = self._values.get(name)
        return found[0] if found else ""

    def get(self, name: str, default: Any = "") -> Any:
        """The first value of a field; `default` where it is missing."""
        found = self._values.get(name)
        return found[0] if found else default

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def checked(self, name: str) -> list[str]:
        """The values of the ticked boxes or chosen options named `name`."""
        return self._values.get(name, [])

    def upload(self, name: str) -> UploadFile | None:
        """The first file of a field, if one was chosen."""
        return next((each for each in self._uploads.get(name, []) if each.filename), None)

    def whole_number(self, name: str) -> int:
        """A version or another number that the form itself wrote; 0 where it is none."""
        text = self[name]
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else 0

    def pairs(self) -> list[tuple[str, str]]:
        """All (name, value) as submitted, for the hidden fields of a page that asks to confirm."""
        return [(name, value) for name, values in self._values.items() for value in values]

    def over(self, shown_before: Mapping[str, Any]) -> "FormValues":
        """These values; where a field is not among them, what it showed before."""
        before = shown_before if isinstance(shown_before, FormValues) else FormValues(shown_before)
        return FormValues({name: before.checked(name) for name in before} | self._values, self._uploads)

    def read(self, kind: type[Read], **known: Any) -> Read:
        """The struct `kind` that the fields describe; `known` are those of its fields that the form does not say.

        Raises:
            Invalid: with a text for each field at fault.
        """
        hints = get_type_hints(kind, include_extras=True)
        read, refused = {}, {}
        for field in msgspec.structs.fields(kind):
            hint = hints[field.name]
            if field.name not in (known if field.name in known else self) and not field.required and not _is_box(hint):
                continue
            try:
                if field.name in known:
                    value = msgspec.convert(known[field.name], hint, strict=False)
                else:
                    value = self._converted(field.name, hint)
                if value is not msgspec.NODEFAULT:
                    read[field.name] = value
                elif field.required:
                    refused[field.name] = refusal_of(hint, "", "")
            except msgspec.ValidationError as error:
                refused[field.name] = refusal_of(hint, self[field.name].strip(), str(error))
        if refused:
            raise Invalid(fields=refused)
        return kind(**read)

    def _converted(self, name: str, hint: Any) -> Any:
        """The field's value as `hint`; NODEFAULT where nothing was filled in."""
        kinds = kinds_of(hint)
        if name == "version":
            return self.whole_number(name)
        if any(kind in (list, tuple, set, frozenset) for kind in kinds):
            return msgspec.convert(self.checked(name), hint, strict=False)
        text = self[name] if TextKind.SECRET in text_kinds_of(hint) else self[name].strip()
        if bool in kinds:
            return bool(text)
        if text:
            return msgspec.convert(text, hint, strict=False)
        if type(None) in kinds:
            return None
        return msgspec.convert("", hint) if str in kinds else msgspec.NODEFAULT


async def form_values(request: WebRequest) -> FormValues:
    """The submitted form; its files are read where they are wanted."""
    form = await request.form()
    texts = {name: [value for value in form.getall(name) if isinstance(value, str)] for name in form}
    uploads = {name: [value for value in form.getall(name) if isinstance(value, UploadFile)] for name in form}
    return FormValues({name: found for name, found in texts.items() if found}, uploads)


def refusal_of(hint: Any, text: str, message: str) -> str:
    """What stands beside a field of the type `hint` whose `text` was refused with msgspec's `message`."""
    label = label_of(hint)
    if label is not None and label.refusal:
        return label.refusal
    kinds = kinds_of(hint)
    if date in kinds or datetime in kinds or time in kinds:
        return NO_DATE
    if UUID in kinds or Literal in kinds or any(isinstance(kind, type) and issubclass(kind, Enum) for kind in kinds):
        return CHOOSE
    if not text:
        return REQUIRED
    if int in kinds or float in kinds:
        return OUT_OF_RANGE if "=" in message else NO_NUMBER
    return TOO_LONG if "<=" in message else NOT_ACCEPTED


def label_of(hint: Any) -> Label | None:
    """The `Label` in a field's `Annotated`."""
    return next((each for each in getattr(hint, "__metadata__", ()) if isinstance(each, Label)), None)


def kinds_of(hint: Any) -> set[Any]:
    """The classes that a type hint is made of: `{int, NoneType}` for `Annotated[int, …] | None`."""
    origin = get_origin(hint)
    if origin is Annotated:
        return kinds_of(get_args(hint)[0])
    if origin in (Union, types.UnionType):
        return {kind for argument in get_args(hint) for kind in kinds_of(argument)}
    return {origin or hint}


def _is_box(hint: Any) -> bool:
    """Boxes: what is not ticked is not sent."""
    kinds = kinds_of(hint)
    return bool(kinds & {bool, list, tuple, set, frozenset}) and msgspec.UnsetType not in kinds


def _texts(value: Any) -> list[str]:
    if isinstance(value, list | tuple | set | frozenset):
        return [_text(each) for each in value]
    return [_text(value)]


def _text(value: Any) -> str:
    match value:
        case str() if not isinstance(value, Enum):
            return value
        case None | False:
            return ""
        case True:
            return "yes"
        case Enum():
            return str(value.value)
        case _:
            return str(value)
