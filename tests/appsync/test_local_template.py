"""The local AppSync reads CloudFormation templates, and finds the API of this project."""

from pathlib import Path
from typing import Any

import pytest

from devstack.appsync.cloudformation import resources
from devstack.appsync.declaration import load_api
from devstack.appsync.execution import Engine
from devstack.appsync.http_source import HttpSources
from devstack.appsync.local import CREDENTIALS, local_api
from devstack.errors import DevstackError

VALUES: list[tuple[str, Any]] = [
    ("plain", "plain"),
    ("!Ref Given", "g"),
    ("!Ref Defaulted", "d"),
    ("!Ref Other", "Other"),
    ("!Ref AWS::Region", "eu-west-1"),
    ("!GetAtt Other.Arn", "Other.Arn"),
    ("{Fn::GetAtt: [Other, Arn]}", "Other.Arn"),
    ("!Sub '${Given}.${AWS::Region}.${Other.Arn}.${!Literal}'", "g.eu-west-1.Other.Arn.${!Literal}"),
    ("!Sub ['${a}-${Given}', {a: !Ref Defaulted}]", "d-g"),
    ("!Join ['-', [a, !Ref Given]]", "a-g"),
    ("!If [IsGiven, {a: !Ref Given}, b]", {"a": "g"}),
    ("!If [IsNot, a, b]", "b"),
    ("!If [Both, a, b]", "b"),
    ("!If [Either, a, b]", "a"),
    ("[a, !If [IsNot, b, !Ref AWS::NoValue]]", ["a"]),
    ("{a: !If [IsNot, b, !Ref AWS::NoValue], c: d}", {"c": "d"}),
]
TEMPLATE = """
Parameters:
  Given: {{Type: String}}
  Defaulted: {{Type: String, Default: d}}
  Number: {{Type: Number, Default: 0}}
Conditions:
  IsGiven: !Equals [!Ref Given, g]
  IsNot: !Not [!Equals [!Ref Number, "0"]]
  Both: !And [!Condition IsGiven, !Condition IsNot]
  Either: !Or [!Condition IsGiven, !Condition IsNot]
Resources:
  One: {{Type: A, Properties: {{P: {value}}}}}
  Other: {{Type: B, Condition: IsNot}}
"""


@pytest.mark.parametrize(("written", "value"), VALUES)
def test_intrinsic_functions_are_evaluated(written: str, value: Any) -> None:
    (one,) = resources(TEMPLATE.format(value=written), {"Given": "g", "AWS::Region": "eu-west-1"})
    assert (one.logical_id, one.properties) == ("One", {"P": value})


@pytest.mark.parametrize(
    ("written", "given", "message"),
    [
        ("a", {}, "parameter Given has no value"),
        ("a", {"Given": "g", "Unknown": "u"}, "has no parameter Unknown"),
        ("!Ref Nothing", {"Given": "g"}, "refers to Nothing"),
        ("!Base64 a", {"Given": "g"}, "does not know the function Fn::Base64"),
        ("{", {"Given": "g"}, "is not valid YAML"),
    ],
)
def test_an_invalid_template_is_refused(written: str, given: dict[str, str], message: str) -> None:
    with pytest.raises(DevstackError, match=message):
        resources(TEMPLATE.format(value=written), given)


def test_the_projects_own_api_is_loaded() -> None:
    api = local_api()
    assert set(api.resolvers) == {
        *(("Query", name) for name in ("me", "affiliate", "getAnalyticsData", "getAffiliateAnalyticsData")),
        *(("Query", name) for name in ("affiliates", "balances")),
        *(("Affiliate", name) for name in ("analyticsData", "breakdown", "entries", "balance")),
    }
    assert {"AFFILIATE_CLAIM", "ADMIN_GROUP"} <= api.environment.keys()
    sources = {function.source for resolver in api.resolvers.values() for function in resolver.functions}
    (source,) = sources - {None}  # None: fields that need no data
    assert source
    assert source.signing
    assert (source.endpoint, source.signing.service) == (
        "https://local.execute-api.eu-west-1.amazonaws.com",
        "execute-api",
    )


API = """
Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: a
      AuthenticationType: {auth}
      UserPoolConfig: {{UserPoolId: eu-west-1_a, AwsRegion: eu-west-1, DefaultAction: ALLOW}}
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties: {{Definition: "{schema}"}}
  Source:
    Type: AWS::AppSync::DataSource
    Properties: {{Name: source, Type: {source}}}
  Resolver:
    Type: AWS::AppSync::Resolver
    Properties:
      TypeName: Query
      FieldName: a
      DataSourceName: source
      Runtime: {{Name: {runtime}, RuntimeVersion: 1.0.0}}
      {code}
"""
GOOD = {
    "auth": "AMAZON_COGNITO_USER_POOLS",
    "schema": "type Query { a: String }",
    "source": "NONE",
    "runtime": "APPSYNC_JS",
    "code": "Code: 'export function request() { return {}; } export function response() { return 1; }'",
}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"auth": "API_KEY"}, "supports only callers from"),
        ({"schema": "type Query { b: String }"}, "resolver for Query.a, but the schema has no such field"),
        ({"schema": "type Query { a: Missing }"}, "schema is not valid"),
        ({"source": "AMAZON_DYNAMODB"}, "no data sources of type AMAZON_DYNAMODB"),
        ({"runtime": "APPSYNC_TS"}, "supports only the runtime APPSYNC_JS"),
        ({"code": "CodeS3Location: missing.js"}, r"missing\.js cannot be read"),
        ({"code": GOOD["code"].replace("return 1", "throw 1")}, "no throw"),
        ({"code": GOOD["code"].replace(" export", " missing(); export")}, "missing is not defined"),
    ],
)
def test_an_api_that_cannot_be_served_is_refused_at_the_start(
    tmp_path: Path, changed: dict[str, str], message: str
) -> None:
    template = tmp_path / "api.yaml"
    template.write_text(API.format(**GOOD))
    Engine(load_api(template, {}), HttpSources({}, CREDENTIALS))

    template.write_text(API.format(**{**GOOD, **changed}))
    with pytest.raises(DevstackError, match=message):
        Engine(load_api(template, {}), HttpSources({}, CREDENTIALS))


def test_a_template_without_an_api_is_refused(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text("Resources: {}")
    with pytest.raises(DevstackError, match="one resource of type AWS::AppSync::GraphQLApi, not 0"):
        load_api(tmp_path / "api.yaml", {})
