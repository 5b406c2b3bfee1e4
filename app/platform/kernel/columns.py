"""From rows to structs by the names of their fields: what a query selects, and what a view takes of a row."""

from typing import Any, Final, TypeVar

from sqlalchemy.orm import QueryableAttribute

View = TypeVar("View")
_MISSING: Final = object()


def columns_of(view: type[Any], *models: Any, filled_later: int = 0, **named: Any) -> list[Any]:
    """What to select for `view(*row)`: one column for each field of the struct or named tuple, in its order.

    A field takes the expression that `named` gives it, else the column of its name in the one of `models` that has it.
    The last `filled_later` fields take none: they have defaults.

    Raises:
        TypeError: a field without a column, or with one in several models; a name that is no field.
    """
    fields = _fields_of(view, named)
    fields = fields[: len(fields) - filled_later]
    return [named[field] if field in named else _column(view, field, models) for field in fields]


def view_of(view: type[View], row: object, **named: Any) -> View:
    """`view` with each field as `named` gives it, else as the attribute of its name in `row`.

    Raises:
        TypeError: a field that neither gives and that has no default; a name that is no field.
    """
    taken = {field: getattr(row, field, _MISSING) for field in _fields_of(view, named) if field not in named}
    return view(**{field: value for field, value in taken.items() if value is not _MISSING}, **named)


def _fields_of(view: type[Any], named: dict[str, Any]) -> tuple[str, ...]:
    fields: tuple[str, ...] = getattr(view, "__struct_fields__", None) or view._fields
    if strange := named.keys() - set(fields):
        raise TypeError(f"{view.__name__} has no field {sorted(strange)}")
    return fields


def _column(view: type[Any], field: str, models: tuple[Any, ...]) -> Any:
    found = [column for model in models if isinstance(column := getattr(model, field, None), QueryableAttribute)]
    if len(found) != 1:
        raise TypeError(f"{view.__name__}.{field}: name its column, {len(found)} of the models have one")
    return found[0]
