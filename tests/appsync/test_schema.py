"""The schema fits the REST API's answers, and existing clients."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLNamedType,
    GraphQLObjectType,
    execute_sync,
    is_required_argument,
    is_type_sub_type_of,
    parse,
    parse_type,
    print_ast,
    type_from_ast,
    validate,
)
from msgspec import inspect

from chalicelib.figures import answers as metrics
from chalicelib.figures import timerange
from chalicelib.figures.parameters import OPTIONAL, REQUIRED
from chalicelib.figures.queries import Metric, Row
from chalicelib.figures.series import DataPoint, Total
from tests.answering import answer
from tests.appsync.artefacts import schema

SCHEMA = schema()
OWN_TYPES = {name: type_ for name, type_ in SCHEMA.type_map.items() if type_.ast_node}

ARTICLE = """
query GetAnalyticsData($metricType: MetricType!, $timeWindow: TimeWindow!) {
  getAnalyticsData(metricType: $metricType, timeWindow: $timeWindow) {
    dataset { series timestamp value }
  }
}
"""


def object_type(name: str) -> GraphQLObjectType:
    type_ = OWN_TYPES[name]
    assert isinstance(type_, GraphQLObjectType)
    return type_


def test_the_articles_operation_is_valid() -> None:
    assert validate(SCHEMA, parse(ARTICLE)) == []


@pytest.mark.parametrize(
    ("type_", "field", "expected"),
    [
        ("Query", "getAnalyticsData", "AnalyticsData"),
        ("AnalyticsData", "dataset", "[DataPoint]!"),
        ("DataPoint", "series", "String!"),
        ("DataPoint", "timestamp", "String!"),
        ("DataPoint", "value", "Float!"),
    ],
)
def test_types_that_clients_were_generated_from_are_unchanged(type_: str, field: str, expected: str) -> None:
    assert str(object_type(type_).fields[field].type) == expected


@pytest.mark.parametrize(
    ("name", "words"),
    [("MetricType", Metric), ("TimeWindow", timerange.TimeWindow), ("Interval", timerange.Interval)],
)
def test_enums_have_the_values_of_the_rest_api(name: str, words: type[StrEnum]) -> None:
    enum = OWN_TYPES[name]
    assert isinstance(enum, GraphQLEnumType)
    assert list(enum.values) == [word.value for word in words]


@pytest.mark.parametrize(
    ("field", "not_asked"), [("getAnalyticsData", {"affiliateId"}), ("getAffiliateAnalyticsData", set())]
)
def test_arguments_are_the_parameters_of_the_rest_api(field: str, not_asked: set[str]) -> None:
    arguments = object_type("Query").fields[field].args
    required = {name for name, argument in arguments.items() if is_required_argument(argument)}
    assert required == set(REQUIRED) - not_asked
    assert arguments.keys() - required == set(OPTIONAL)


def test_administrators_have_the_same_arguments_as_affiliates() -> None:
    own, any_affiliates = (
        object_type("Query").fields[name] for name in ("getAnalyticsData", "getAffiliateAnalyticsData")
    )
    assert any_affiliates.type is own.type
    assert [f"{name}: {argument.type}" for name, argument in any_affiliates.args.items()] == [
        "affiliateId: ID!",
        *(f"{name}: {argument.type}" for name, argument in own.args.items()),
    ]


@pytest.mark.parametrize(
    ("name", "answered"), [("AnalyticsData", metrics.Answer), ("DataPoint", DataPoint), ("Total", Total)]
)
def test_types_have_the_fields_of_the_rest_answer(name: str, answered: type) -> None:
    fields = object_type(name).fields
    answer = inspect.type_info(answered)
    assert isinstance(answer, inspect.StructType)
    assert [field.encode_name for field in answer.fields] == list(fields)
    for field in answer.fields:
        # The schema can promise less than the REST API, but never more.
        rest_type = type_from_ast(SCHEMA, parse_type(to_graphql(field.type)))
        assert rest_type is not None
        assert is_type_sub_type_of(SCHEMA, rest_type, fields[field.encode_name].type), field.encode_name


@pytest.mark.parametrize("metric", Metric)
def test_a_real_answer_is_passed_on_completely(metric: Metric) -> None:
    asked = {"affiliateId": ["amy"], "metricType": [metric.value], "timeWindow": ["Last7Days"]}
    rows = [
        Row("a.example", 2_500_000, datetime(2026, 11, 23), "EUR"),  # noqa: DTZ001  a label has no zone
        Row("a.example", 1, None, "EUR"),
    ]
    if metric is not Metric.VISITORS:
        del rows[1]
    now = datetime(2026, 11, 23, 12, 34, tzinfo=UTC)
    body = json.loads(answer(asked, rows, now))
    everything = (
        f"{{ getAnalyticsData(metricType: {metric}, timeWindow: Last7Days) {selection('AnalyticsData')} }}"
    )
    result = execute_sync(SCHEMA, parse(everything), {"getAnalyticsData": body})
    assert result.errors is None
    assert result.data == {"getAnalyticsData": body}


def test_only_administrators_can_name_an_affiliate() -> None:
    directives = {
        name: [print_ast(directive) for directive in field.ast_node.directives or ()]
        for name, field in object_type("Query").fields.items()
        if field.ast_node
    }
    assert directives == {
        "getAnalyticsData": [],
        "getAffiliateAnalyticsData": ['@aws_cognito_user_pools(cognito_groups: ["admins"])'],
    }


def test_all_types_fields_and_arguments_are_described() -> None:
    nameless = [path for type_ in OWN_TYPES.values() for path, text in descriptions(type_) if not text]
    assert nameless == []


def descriptions(type_: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    yield type_.name, type_.description
    if isinstance(type_, GraphQLEnumType):
        for name, value in type_.values.items():
            yield f"{type_}.{name}", value.description
    if isinstance(type_, GraphQLObjectType):
        for name, field in type_.fields.items():
            yield f"{type_}.{name}", field.description
            for argument_name, argument in field.args.items():
                yield f"{type_}.{name}({argument_name})", argument.description


def selection(type_name: str) -> str:
    """All fields of a type, and all fields below them."""
    fields = object_type(type_name).fields
    parts = []
    for name, field in fields.items():
        inner = str(field.type).strip("[]!")
        parts.append(
            f"{name} {selection(inner)}" if isinstance(OWN_TYPES.get(inner), GraphQLObjectType) else name
        )
    return f"{{ {' '.join(parts)} }}"


def to_graphql(type_: inspect.Type) -> str:
    """The GraphQL type for the JSON of a Python type."""
    match type_:
        case inspect.UnionType(types=types):
            inner = {to_graphql(each) for each in types if not isinstance(each, inspect.NoneType)}
            (one,) = inner
            return one.removesuffix("!") if type_.includes_none else one
        case inspect.ListType(item_type=item):
            return f"[{to_graphql(item)}]!"
        case inspect.StructType(cls=cls) | inspect.EnumType(cls=cls):
            return f"{cls.__name__}!"
        case _:
            return _SCALARS[type(type_)]


_SCALARS: dict[type[inspect.Type], str] = {
    inspect.StrType: "String!",
    inspect.BoolType: "Boolean!",
    inspect.IntType: "Float!",
    inspect.DecimalType: "Float!",
}
