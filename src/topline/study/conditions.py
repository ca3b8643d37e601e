"""Filters as data: a small tree of comparisons that a protocol states and that is never evaluated as code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Discriminator, Field, Tag

from topline.study.model import Strict
from topline.study.where import WhereError, parse_where

Scalar = bool | int | float | date | str
"""A value that a condition compares with."""


class Compare(Strict):
    """``variable op value``: one comparison. Text compares without regard to case and outer blanks."""

    variable: str
    op: Literal["=", "!=", "<", "<=", ">", ">="]
    value: Scalar

    def __str__(self) -> str:
        """As a `where` string."""
        return f"{self.variable} {self.op} {_show(self.value)}"


class OneOf(Strict):
    """``variable in (…)``."""

    variable: str
    one_of: tuple[Scalar, ...] = Field(min_length=1)
    negate: bool = False

    def __str__(self) -> str:
        """As a `where` string."""
        return f"{self.variable} {'not in' if self.negate else 'in'} ({', '.join(map(_show, self.one_of))})"


class Between(Strict):
    """``variable between low and high``, both ends included."""

    variable: str
    between: tuple[Scalar, Scalar]

    def __str__(self) -> str:
        """As a `where` string."""
        return f"{self.variable} between {_show(self.between[0])} and {_show(self.between[1])}"


class Missing(Strict):
    """``variable is missing`` (or is not)."""

    variable: str
    missing: bool

    def __str__(self) -> str:
        """As a `where` string."""
        return f"{self.variable} is {'' if self.missing else 'not '}missing"


class Contains(Strict):
    """``variable contains 'text'``, without regard to case."""

    variable: str
    contains: str = Field(min_length=1)

    def __str__(self) -> str:
        """As a `where` string."""
        return f"{self.variable} contains {_show(self.contains)}"


class HasRecords(Strict):
    """The subject has at least (at most) so many records in a domain, of those that satisfy `where`."""

    domain: str
    where: Condition | None = None
    at_least: int = Field(default=1, ge=0)
    at_most: int | None = Field(default=None, ge=0)

    def __str__(self) -> str:
        """In words close to a `where` string."""
        text = (
            f"has {self.at_least} or more {self.domain} records"
            if self.at_most is None
            else (f"has {self.at_least} to {self.at_most} {self.domain} records")
        )
        return f"{text} where {self.where}" if self.where is not None else text


class All(Strict):
    """Every one of the conditions holds."""

    all: tuple[Condition, ...] = Field(min_length=1)

    def __str__(self) -> str:
        """As a `where` string."""
        return " and ".join(f"({item})" if isinstance(item, Any_) else str(item) for item in self.all)


class Any_(Strict):  # noqa: N801 - `Any` is taken
    """At least one of the conditions holds."""

    any: tuple[Condition, ...] = Field(min_length=1)

    def __str__(self) -> str:
        """As a `where` string."""
        return " or ".join(str(item) for item in self.any)


class Not(Strict):
    """The condition doesn't hold; what is unknown stays unknown."""

    not_: Condition = Field(alias="not")

    def __str__(self) -> str:
        """As a `where` string."""
        return f"not ({self.not_})"


def _show(value: Scalar) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _from_text(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return parse_where(value)
    except WhereError as error:
        raise ValueError(str(error)) from None


_KINDS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("op", Compare),
    ("one_of", OneOf),
    ("between", Between),
    ("missing", Missing),
    ("contains", Contains),
    ("domain", HasRecords),
    ("all", All),
    ("any", Any_),
    ("not", Not),
)


def _kind(value: Any) -> str | None:
    for key, model in _KINDS:
        if isinstance(value, model) or (isinstance(value, dict) and key in value):
            return key
    return None


class TextOrTree:
    """Say in the JSON Schema that what holds a condition may be written as the condition's text."""

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """Return a schema that takes text, too."""
        text = {"type": "string", "description": "A condition such as \"AGE >= 18 and SEX = 'M'\"."}
        return {"anyOf": [text, handler(schema)]}


Condition = Annotated[
    Annotated[
        Annotated[Compare, Tag("op")]
        | Annotated[OneOf, Tag("one_of")]
        | Annotated[Between, Tag("between")]
        | Annotated[Missing, Tag("missing")]
        | Annotated[Contains, Tag("contains")]
        | Annotated[HasRecords, Tag("domain")]
        | Annotated[All, Tag("all")]
        | Annotated[Any_, Tag("any")]
        | Annotated[Not, Tag("not")],
        Discriminator(
            _kind,
            custom_error_type="condition",
            custom_error_message="not a condition; write it as text, such as \"AGE >= 18 and SEX = 'M'\"",
        ),
    ],
    BeforeValidator(_from_text),
    TextOrTree(),
]
"""A condition: a `where` string such as ``AGE >= 18 and SEX = 'M'``, or the same as a tree."""

for _model in (HasRecords, All, Any_, Not):
    _model.model_rebuild()


def walk(condition: BaseModel) -> Iterator[BaseModel]:
    """Yield the condition and all conditions inside it that speak of the same table (not those inside `HasRecords`)."""
    yield condition
    if isinstance(condition, All):
        children: tuple[BaseModel, ...] = condition.all
    elif isinstance(condition, Any_):
        children = condition.any
    elif isinstance(condition, Not):
        children = (condition.not_,)
    else:
        children = ()
    for child in children:
        yield from walk(child)


def variables_of(condition: BaseModel) -> set[str]:
    """Names of the variables that the condition reads from its own table."""
    return {node.variable for node in walk(condition) if isinstance(node, Compare | OneOf | Between | Missing | Contains)}
