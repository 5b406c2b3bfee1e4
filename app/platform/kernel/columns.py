"""The columns of a query, by the names of the struct that takes its rows."""

from typing import Any

from sqlalchemy.orm import QueryableAttribute


def columns_of(view: type[Any], *models: Any, filled_later: int = 0, **named: Any) -> list[Any]:
    """What to select for `view(*row)`: one column for each field of the struct or named tuple, in its order.

    A field takes the expression that `named` gives it, else the column of its name in the one of `models` that has it.
    The last `filled_later` fields take none: they have defaults.

    Raises:
        TypeError: a field without a column, or with one in several models; a name that is no field.
    """
    fields: tuple[str, ...] = getattr(view, "__struct_fields__", None) or view._fields
    fields = fields[: len(fields) - filled_later]
    if strange := named.keys() - set(fields):
        raise TypeError(f"{view.__name__} has no field {sorted(strange)}")
    return [named[field] if field in named else _column(view, field, models) for field in fields]


def _column(view: type[Any], field: str, models: tuple[Any, ...]) -> Any:
    found = [column for model in models if isinstance(column := getattr(model, field, None), QueryableAttribute)]
    if len(found) != 1:
        raise TypeError(f"{view.__name__}.{field}: name its column, {len(found)} of the models have one")
    return found[0]
