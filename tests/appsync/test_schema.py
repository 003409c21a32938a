"""The schema fits the REST API's answers, and existing clients."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    build_schema,
    execute_sync,
    find_breaking_changes,
    is_required_argument,
    is_type_sub_type_of,
    parse,
    parse_type,
    print_ast,
    type_from_ast,
    validate,
)
from msgspec import inspect

from chalicelib.figures import (
    affiliates,
    balances,
    breakdowns,
    comparison,
    entries,
    parameters,
    series,
    timerange,
)
from chalicelib.figures import answers as metrics
from chalicelib.figures.filters import COLUMNS
from chalicelib.figures.queries import Metric, Part, Row
from tests.answering import answer
from tests.appsync.artefacts import schema, selection

SCHEMA = schema()
NAMES: dict[str, type] = {
    "AnalyticsData": metrics.Answer,
    "DataPoint": series.DataPoint,
    "Total": series.Total,
    "Overall": series.Overall,
    "Comparison": metrics.Comparison,
    "Change": series.Change,
    "Breakdown": breakdowns.Breakdown,
    "BreakdownRow": breakdowns.Line,
    "BreakdownTotal": breakdowns.Figures,
    "Money": breakdowns.Money,
    "EntryPage": entries.EntryPage,
    "Entry": entries.Entry,
    "EntryKind": entries.Kind,
    "EntryState": entries.State,
    "Balance": balances.Balance,
    "AffiliatePage": affiliates.AffiliatePage,
    "AffiliateRow": affiliates.AffiliateRow,
    "AffiliateTotal": affiliates.AffiliateTotal,
    "AffiliateOrder": affiliates.Order,
    "BalancePage": balances.BalancePage,
    "AffiliateBalance": balances.AffiliateBalance,
}
"""The types of the schema, and of the REST API's answers."""
OWN_TYPES = {name: type_ for name, type_ in SCHEMA.type_map.items() if type_.ast_node}

# The schema that the first clients were generated from.
FIRST = """
type Query { getAnalyticsData(metricType: MetricType!, timeWindow: TimeWindow!): AnalyticsData }
enum MetricType { PageViews Visitors Commissions }
enum TimeWindow { Last24Hours Last7Days Last30Days Last90Days Last365Days }
type AnalyticsData { dataset: [DataPoint]! }
type DataPoint { series: String! timestamp: String! value: Float! }
"""
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


def test_the_schema_only_adds_to_the_one_that_clients_were_generated_from() -> None:
    first = build_schema(FIRST)
    assert find_breaking_changes(first, SCHEMA) == []
    for name, type_ in first.type_map.items():
        if isinstance(type_, GraphQLObjectType) and not name.startswith("__"):
            for field, declared in type_.fields.items():
                assert str(object_type(name).fields[field].type) == str(declared.type)
        if isinstance(type_, GraphQLEnumType) and not name.startswith("__"):
            assert list(enum_values(name))[: len(type_.values)] == list(type_.values)


def enum_values(name: str) -> list[str]:
    type_ = OWN_TYPES[name]
    assert isinstance(type_, GraphQLEnumType)
    return list(type_.values)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("MetricType", Metric),
        ("TimeWindow", timerange.TimeWindow),
        ("Interval", timerange.Interval),
        ("CompareTo", comparison.Comparison),
        ("BreakdownBy", breakdowns.By),
        ("EntryKind", entries.Kind),
        ("EntryState", entries.State),
        ("AffiliateOrder", affiliates.Order),
    ],
)
def test_enums_have_the_values_of_the_rest_api(name: str, words: type[StrEnum]) -> None:
    assert enum_values(name) == [word.value for word in words]


# A field with figures, the parameters of its route, and the parameter that an affiliate cannot choose.
FIELDS = [
    ("Query", "getAnalyticsData", parameters.METRICS, {"affiliateId"}),
    ("Query", "getAffiliateAnalyticsData", parameters.METRICS, set()),
    ("Affiliate", "analyticsData", parameters.METRICS, {"affiliateId"}),
    ("Affiliate", "breakdown", parameters.BREAKDOWN, {"affiliateId"}),
    ("Affiliate", "entries", parameters.ENTRIES, {"affiliateId"}),
    ("Affiliate", "balance", parameters.BALANCE, {"affiliateId"}),
    ("Query", "affiliates", parameters.AFFILIATES, set()),
    ("Query", "balances", parameters.BALANCES, set()),
]


@pytest.mark.parametrize(("type_", "field", "route", "not_asked"), FIELDS)
def test_arguments_are_the_parameters_of_the_rest_api(
    type_: str, field: str, route: tuple[tuple[str, ...], tuple[str, ...]], not_asked: set[str]
) -> None:
    arguments = object_type(type_).fields[field].args
    required = {name for name, argument in arguments.items() if is_required_argument(argument)}
    assert required == set(route[0]) - not_asked
    has_filter = "website" in route[1]
    assert arguments.keys() - required == set(route[1]) - COLUMNS.keys() | (
        {"filter"} if has_filter else set()
    )


def test_a_filter_has_the_parameters_of_the_rest_api_and_requires_none() -> None:
    type_ = OWN_TYPES["Filter"]
    assert isinstance(type_, GraphQLInputObjectType)
    assert {name: str(field.type) for name, field in type_.fields.items()} == dict.fromkeys(COLUMNS, "String")


def test_administrators_have_the_same_arguments_as_affiliates() -> None:
    query, affiliate = object_type("Query").fields, object_type("Affiliate").fields
    own, of_me = query["getAnalyticsData"], affiliate["analyticsData"]
    any_affiliates = query["getAffiliateAnalyticsData"]
    assert own.type is of_me.type is any_affiliates.type
    arguments = [f"{name}: {argument.type}" for name, argument in own.args.items()]
    assert [f"{name}: {argument.type}" for name, argument in of_me.args.items()] == arguments
    assert [f"{name}: {argument.type}" for name, argument in any_affiliates.args.items()] == [
        "affiliateId: ID!",
        *arguments,
    ]


@pytest.mark.parametrize(
    ("name", "answered"), [(name, type_) for name, type_ in NAMES.items() if not issubclass(type_, StrEnum)]
)
def test_types_have_the_fields_of_the_rest_answer(name: str, answered: type) -> None:
    fields = object_type(name).fields
    answer = inspect.type_info(answered)
    assert isinstance(answer, inspect.StructType)
    assert {field.encode_name for field in answer.fields} == fields.keys()
    for field in answer.fields:
        # The schema can promise less than the REST API, but never more. An id is a text.
        is_id = str(fields[field.encode_name].type) == "ID!"
        rest_type = type_from_ast(SCHEMA, parse_type("ID!" if is_id else to_graphql(field.type)))
        assert rest_type is not None
        assert not is_id or field.type == inspect.StrType()
        assert is_type_sub_type_of(SCHEMA, rest_type, fields[field.encode_name].type), field.encode_name


@pytest.mark.parametrize("metric", Metric)
def test_a_real_answer_is_passed_on_completely(metric: Metric) -> None:
    asked = {
        "affiliateId": ["amy"],
        "metricType": [metric.value],
        "timeWindow": ["Last7Days"],
        "compareTo": ["PreviousYear"],
    }
    rows = [
        Row("a.example", 2_500_000, datetime(2026, 11, 23), "EUR"),  # noqa: DTZ001  a label has no zone
        Row("a.example", 2_000_000, None, "EUR", part=Part.EARLIER_TOTAL),
    ]
    if metric is Metric.VISITORS:
        rows.append(Row("a.example", 1, None, "EUR", part=Part.TOTAL))
    now = datetime(2026, 11, 23, 12, 34, tzinfo=UTC)
    body = json.loads(answer(asked, rows, now))
    everything = (
        f"{{ getAnalyticsData(metricType: {metric}, timeWindow: Last7Days) {selection('AnalyticsData')} }}"
    )
    result = execute_sync(SCHEMA, parse(everything), {"getAnalyticsData": body})
    assert result.errors is None
    assert result.data == {"getAnalyticsData": body}


def test_only_administrators_can_name_an_affiliate_or_ask_for_all() -> None:
    directives = {
        name: [print_ast(directive) for directive in field.ast_node.directives or ()]
        for name, field in object_type("Query").fields.items()
        if field.ast_node
    }
    assert directives == {
        "me": [],
        "affiliate": ['@aws_cognito_user_pools(cognito_groups: ["admins"])'],
        "affiliates": ['@aws_cognito_user_pools(cognito_groups: ["admins"])'],
        "balances": ['@aws_cognito_user_pools(cognito_groups: ["admins"])'],
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
    if isinstance(type_, GraphQLInputObjectType):
        for name, input_field in type_.fields.items():
            yield f"{type_}.{name}", input_field.description
    if isinstance(type_, GraphQLObjectType):
        for name, field in type_.fields.items():
            yield f"{type_}.{name}", field.description
            for argument_name, argument in field.args.items():
                yield f"{type_}.{name}({argument_name})", argument.description


def to_graphql(type_: inspect.Type) -> str:
    """The GraphQL type for the JSON of a Python type."""
    match type_:
        case inspect.UnionType(types=types):
            inner = {to_graphql(each) for each in types if not isinstance(each, inspect.NoneType)}
            (one,) = {"Float!"} if inner == {"Int!", "Float!"} else inner
            return one.removesuffix("!") if type_.includes_none else one
        case inspect.ListType(item_type=item):
            return f"[{to_graphql(item)}]!"
        case inspect.StructType(cls=cls) | inspect.EnumType(cls=cls):
            return f"{_NAMES.get(cls, cls.__name__)}!"
        case _:
            return _SCALARS[type(type_)]


_NAMES = {answered: name for name, answered in NAMES.items()}
_SCALARS: dict[type[inspect.Type], str] = {
    inspect.StrType: "String!",
    inspect.BoolType: "Boolean!",
    inspect.IntType: "Int!",
    inspect.FloatType: "Float!",
    inspect.DecimalType: "Float!",
}
