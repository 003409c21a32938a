"""The template passes cfn-lint, and has no mistakes that cfn-lint does not find."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from chalice.app import IAMAuthorizer
from graphql import GraphQLObjectType

import app
from devstack.appsync.local import ROUTES
from devstack.appsync.sandbox import Handler, run
from devstack.appsync.syntax import parse_code
from tests.appsync.artefacts import CODE, SCHEMA, TEMPLATE, schema, template
from tests.appsync.samples import ANSWERS
from tests.linter import mistakes_in_file

DOCUMENT = template()
RESOURCES: dict[str, Any] = DOCUMENT["Resources"]
RUNTIME = {"Name": "APPSYNC_JS", "RuntimeVersion": "1.0.0"}


def of_type(name: str) -> dict[str, Any]:
    """The properties of the resources of a type, by logical id."""
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in RESOURCES.items()
        if resource["Type"] == f"AWS::{name}"
    }


RESOLVERS = of_type("AppSync::Resolver")
WITH_CODE = RESOLVERS | of_type("AppSync::FunctionConfiguration")
ROLES = of_type("IAM::Role")
(API,) = of_type("AppSync::GraphQLApi").values()
SOURCES = {source["Type"]: source for source in of_type("AppSync::DataSource").values()}


def local(location: str) -> Path:
    return (TEMPLATE.parent / location).resolve()


def test_the_template_passes_cfn_lint() -> None:
    assert mistakes_in_file(TEMPLATE) == []


def test_each_query_has_a_resolver_with_its_name_and_affiliates_have_one_for_all_figures() -> None:
    query, affiliate = schema().type_map["Query"], schema().type_map["Affiliate"]
    assert isinstance(query, GraphQLObjectType)
    assert isinstance(affiliate, GraphQLObjectType)
    assert {(each["TypeName"], each["FieldName"]): each["CodeS3Location"] for each in RESOLVERS.values()} == {
        ("Query", field): f"../appsync/resolvers/Query.{field}.js" for field in query.fields
    } | {
        ("Affiliate", field): "../appsync/resolvers/Affiliate.js"
        for field in affiliate.fields.keys() - {"id"}
    }


def test_fields_with_figures_share_one_function_and_the_others_ask_nobody() -> None:
    asking = {
        "Kind": "PIPELINE",
        "PipelineConfig": {"Functions": [{"Fn::GetAtt": ["GetFiguresFunction", "FunctionId"]}]},
    }
    silent = {"DataSourceName": {"Fn::GetAtt": ["NoDataSource", "Name"]}}
    for resolver in RESOLVERS.values():
        expected = silent if resolver["FieldName"] in {"me", "affiliate"} else asking
        names = {"Kind", "PipelineConfig", "DataSourceName"}
        assert {name: value for name, value in resolver.items() if name in names} == expected


def test_every_file_is_deployed() -> None:
    (schema_,) = of_type("AppSync::GraphQLSchema").values()
    assert local(schema_["DefinitionS3Location"]) == SCHEMA
    assert sorted({local(each["CodeS3Location"]) for each in WITH_CODE.values()}) == CODE


@pytest.mark.parametrize("logical_id", WITH_CODE)
def test_code_has_a_runtime(logical_id: str) -> None:
    assert WITH_CODE[logical_id]["Runtime"] == RUNTIME


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.name)
def test_code_is_shorter_than_appsyncs_limit(path: Path) -> None:
    # https://docs.aws.amazon.com/appsync/latest/APIReference/API_CreateResolver.html
    assert len(path.read_text(encoding="utf-8")) <= 32_768


@pytest.mark.parametrize("logical_id", RESOLVERS)
def test_resolvers_wait_for_the_schema(logical_id: str) -> None:
    # No property of a resolver refers to the schema, but without it, the resolver's type does not exist yet.
    assert RESOURCES[logical_id]["DependsOn"] == "Schema"


def test_the_environment_has_the_variables_that_the_code_reads() -> None:
    read = {name for path in CODE for name in re.findall(r"\bctx\.env\.(\w+)", path.read_text())}
    assert API["EnvironmentVariables"].keys() == read


def test_the_group_of_administrators_is_the_same_as_in_the_schema() -> None:
    (group,) = set(re.findall(r'cognito_groups: \["(\w+)"\]', SCHEMA.read_text()))
    assert API["EnvironmentVariables"]["ADMIN_GROUP"] == group


def test_the_data_source_signs_for_api_gateway() -> None:
    assert SOURCES.keys() == {"HTTP", "NONE"}
    assert SOURCES["HTTP"]["ServiceRoleArn"] == {"Fn::GetAtt": ["RestRole", "Arn"]}
    assert SOURCES["HTTP"]["HttpConfig"] == {
        # No path, because the stage is part of the resource path. No port, because only 443 and 80 work.
        "Endpoint": {"Fn::Sub": "https://${RestApiId}.execute-api.${AWS::Region}.${AWS::URLSuffix}"},
        "AuthorizationConfig": {
            "AuthorizationType": "AWS_IAM",
            "AwsIamConfig": {"SigningRegion": {"Ref": "AWS::Region"}, "SigningServiceName": "execute-api"},
        },
    }


def test_the_role_of_the_data_source_can_only_invoke_the_routes() -> None:
    api = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${RestApiId}/${RestApiStage}"
    assert statements("RestRole") == [
        {
            "Effect": "Allow",
            "Action": "execute-api:Invoke",
            "Resource": [
                {"Fn::Sub": f"{api}/GET/{route}"}
                for route in ("metrics", "breakdown", "entries", "balance", "affiliates", "balances")
            ],
        }
    ]


def test_the_local_api_gateway_has_the_same_routes() -> None:
    (statement,) = statements("RestRole")
    allowed = {tuple(each["Fn::Sub"].rsplit("/", 2)[1:]) for each in statement["Resource"]}
    assert {(method, path.removeprefix("/")) for method, path in ROUTES} == allowed


def test_the_role_for_logs_can_only_write_logs() -> None:
    (statement,) = statements("LogRole")
    assert statement["Action"] == ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"]["Fn::Sub"].endswith(":log-group:/aws/appsync/apis/*")


def statements(role: str) -> list[dict[str, Any]]:
    return [
        statement for policy in ROLES[role]["Policies"] for statement in policy["PolicyDocument"]["Statement"]
    ]


@pytest.mark.parametrize("logical_id", ROLES)
def test_only_appsync_of_this_account_can_use_the_roles(logical_id: str) -> None:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    assert "ManagedPolicyArns" not in ROLES[logical_id]
    for statement in ROLES[logical_id]["AssumeRolePolicyDocument"]["Statement"]:
        assert statement["Principal"] == {"Service": "appsync.amazonaws.com"}
        conditions = {key: value for test in statement["Condition"].values() for key, value in test.items()}
        assert conditions["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}
        assert conditions["aws:SourceArn"] in (
            {"Fn::GetAtt": ["GraphQLApi", "Arn"]},
            {"Fn::Sub": "arn:${AWS::Partition}:appsync:${AWS::Region}:${AWS::AccountId}:apis/*"},
        )


def test_the_routes_that_trust_appsync_require_iam() -> None:
    for methods in app.app.routes.values():
        assert all(isinstance(route.authorizer, IAMAuthorizer) for route in methods.values())


def test_only_answers_to_affiliates_are_cached_for_each_caller() -> None:
    # Without CachingKeys, the key is the identity and the arguments. With them, it is only what they list.
    # https://github.com/aws/aws-appsync-community/issues/73
    caching = {
        each["FieldName"]: each["CachingConfig"] for each in RESOLVERS.values() if "CachingConfig" in each
    }
    assert caching == {
        "getAnalyticsData": {"Fn::If": ["Cached", {"Ttl": {"Ref": "CacheSeconds"}}, {"Ref": "AWS::NoValue"}]}
    }


def test_the_cache_lasts_as_long_as_appsync_allows() -> None:
    # https://docs.aws.amazon.com/appsync/latest/APIReference/API_CachingConfig.html
    seconds = DOCUMENT["Parameters"]["CacheSeconds"]
    assert (seconds["Default"], seconds["MinValue"], seconds["MaxValue"]) == (0, 0, 3600)
    (cache,) = of_type("AppSync::ApiCache").values()
    assert cache["ApiCachingBehavior"] == "PER_RESOLVER_CACHING"
    assert (cache["AtRestEncryptionEnabled"], cache["TransitEncryptionEnabled"]) == (True, True)


@pytest.mark.parametrize("logical_id", ["Cache", "WebAcl", "WebAclAssociation"])
def test_resources_that_cost_extra_are_off_by_default(logical_id: str) -> None:
    (names,) = DOCUMENT["Conditions"][RESOURCES[logical_id]["Condition"]]["Fn::Not"]
    parameter, nothing = names["Fn::Equals"]
    assert str(nothing) == str(DOCUMENT["Parameters"][parameter["Ref"]]["Default"]) == "0"


@pytest.mark.parametrize(
    ("requests", "accepted"),
    [("0", True), ("10", True), ("2000", True), ("9", False), ("-1", False), ("05", False), ("", False)],
)
def test_the_rate_is_zero_or_a_rate_that_waf_accepts(requests: str, accepted: bool) -> None:
    # https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
    pattern = DOCUMENT["Parameters"]["RequestsPer5Minutes"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, requests)) is accepted


# The alarms

ALARMS = of_type("CloudWatch::Alarm")
(FILTER,) = of_type("Logs::MetricFilter").values()
(COUNTED,) = FILTER["MetricTransformations"]


def test_alarms_watch_this_api_and_its_log() -> None:
    assert {
        (alarm["Namespace"], str(alarm["MetricName"]), str(alarm.get("Dimensions")))
        for alarm in ALARMS.values()
    } == {
        (
            "AWS/AppSync",
            metric,
            str([{"Name": "GraphQLAPIId", "Value": {"Fn::GetAtt": ["GraphQLApi", "ApiId"]}}]),
        )
        for metric in ("4XXError", "5XXError")
    } | {(COUNTED["MetricNamespace"], str(COUNTED["MetricName"]), "None")}
    assert FILTER["LogGroupName"] == {"Ref": "LogGroup"}


@pytest.mark.parametrize("logical_id", ALARMS)
def test_alarms_notify_the_topic_if_there_is_one(logical_id: str) -> None:
    told = {"Fn::If": ["Told", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
    assert ALARMS[logical_id]["AlarmActions"] == told
    assert ALARMS[logical_id]["TreatMissingData"] == "notBreaching"
    assert DOCUMENT["Parameters"]["AlarmTopicArn"]["Default"] == ""
    assert DOCUMENT["Conditions"]["Told"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmTopicArn"}, ""]}]}


@pytest.mark.parametrize(
    ("arn", "accepted"),
    [
        ("arn:aws:sns:eu-west-1:123456789012:affiliate-analytics-dev-alarms", True),
        ("arn:aws-us-gov:sns:us-gov-west-1:123456789012:other.fifo", True),
        ("", True),
        ("alarms", False),
        ("ops@example.com", False),
    ],
)
def test_the_topic_is_an_arn(arn: str, accepted: bool) -> None:
    pattern = DOCUMENT["Parameters"]["AlarmTopicArn"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, arn)) is accepted


@pytest.mark.parametrize("route", ANSWERS)
@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ({"result": {"statusCode": 200, "body": None}}, False),
        ({"result": {"statusCode": 400, "body": '{"Code": "BadRequestError", "Message": "no"}'}}, False),
        ({"result": {"statusCode": 403, "body": "{}"}}, True),
        ({"result": {"statusCode": 429, "body": "{}"}}, True),
        ({"result": {"statusCode": 503, "body": "{}"}}, True),
        ({"result": {"statusCode": 200, "body": "<html>"}}, True),
        ({"error": {"message": "Execution timed out.", "type": "a"}, "result": None}, True),
    ],
)
def test_only_failures_behind_the_api_are_counted(route: str, said: dict[str, Any], counted: bool) -> None:
    name = "getFigures.js"
    (path,) = (path for path in CODE if path.name == name)
    if said["result"] and said["result"]["body"] is None:
        said = {"result": {"statusCode": 200, "body": json.dumps(ANSWERS[route])}}
    context = {"stash": {"route": route}, **said}
    outcome = run(parse_code(name, path.read_text(encoding="utf-8")), Handler.RESPONSE, context)
    phrase = FILTER["FilterPattern"].strip('"')
    assert [phrase in line for line in outcome.logs] == [True] * counted


def test_the_api_reveals_no_more_than_it_must() -> None:
    assert DOCUMENT["Parameters"]["Introspection"]["Default"] == "DISABLED"
    assert API["IntrospectionConfig"] == {"Ref": "Introspection"}
    assert API["AuthenticationType"] == "AMAZON_COGNITO_USER_POOLS"
    # With a second provider, each type would need directives.
    # https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
    assert "AdditionalAuthenticationProviders" not in API
    assert API["LogConfig"]["FieldLogLevel"] == "ERROR"
    assert API["LogConfig"]["ExcludeVerboseContent"] is True
    assert API["XrayEnabled"] is True
    assert API["QueryDepthLimit"] <= 15
    # me, 8 metrics, 3 breakdowns, the entries and the balance are 14.
    assert 14 <= API["ResolverCountLimit"] <= 20
