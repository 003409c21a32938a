"""The storage template: cfn-lint, and the properties that no linter checks."""

import json
import re
from typing import Any

import pytest

from chalicelib.config import Config
from chalicelib.ingest import SERVER_FOLDER
from devstack.timestream.tables import MAGNETIC_DAYS, MEMORY_HOURS, PARTITION_KEY
from infra.function_settings import MAX_AGE
from infra.policies import stage_settings
from infra.stage import PROJECT, Stage
from tests.infra.storage import ON_POSTGRES, OUTPUTS, TEMPLATE, in_stage, of_type, reference, storage
from tests.linter import mistakes_in_file

DOCUMENT = storage()
RESOURCES: dict[str, Any] = DOCUMENT["Resources"]
PARAMETERS: dict[str, Any] = DOCUMENT["Parameters"]
STAGE = Stage(PROJECT, "affiliate-analytics", "dev")

(BUCKET,) = of_type(DOCUMENT, "S3::Bucket").values()
(QUEUE,) = of_type(DOCUMENT, "SQS::Queue").values()
STREAMS = {
    logical_id: stream["ExtendedS3DestinationConfiguration"]
    for logical_id, stream in of_type(DOCUMENT, "KinesisFirehose::DeliveryStream").items()
}
TABLES = of_type(DOCUMENT, "Timestream::Table")
ROLES = of_type(DOCUMENT, "IAM::Role")
ALARMS = of_type(DOCUMENT, "CloudWatch::Alarm")

HOUR = 60 * 60


def within(logical_id: str, path: str) -> dict[str, Any]:
    return {"Fn::Sub": f"${{{logical_id}.Arn}}/{path}"}


def test_templates_pass_cfn_lint():
    assert mistakes_in_file(TEMPLATE) == []


@pytest.mark.parametrize("path", sorted(TEMPLATE.parent.glob("*.yaml")), ids=lambda path: path.name)
def test_every_skipped_checkov_rule_has_a_reason(path):
    text = path.read_text(encoding="utf-8")
    skipped = re.findall(r"^ {10}- id: CKV_AWS_\d+\n {12}comment: (.+)$", text, re.MULTILINE)
    assert skipped
    assert len(skipped) == text.count("CKV")


# What holds data


def test_the_local_tables_are_those_of_the_template():
    assert (
        PARAMETERS["MemoryStoreHours"]["Default"],
        PARAMETERS["MagneticStoreDays"]["Default"],
    ) == (MEMORY_HOURS, MAGNETIC_DAYS)
    for table in TABLES.values():
        assert table["Schema"]["CompositePartitionKey"] == PARTITION_KEY
        assert table["MagneticStoreWriteProperties"]["EnableMagneticStoreWrites"] is True


@pytest.mark.parametrize(
    "kind",
    [
        "S3::Bucket",
        "S3::BucketPolicy",
        "SQS::Queue",
        "SQS::QueuePolicy",
        "Timestream::Database",
        "Timestream::Table",
    ],
)
def test_resources_that_hold_data_are_retained(kind):
    found = of_type(DOCUMENT, kind)
    assert found
    for logical_id in found:
        resource = RESOURCES[logical_id]
        assert (
            resource["DeletionPolicy"] == "RetainExceptOnCreate"
        )  # a first deploy that fails leaves nothing
        assert resource["UpdateReplacePolicy"] == "Retain"


def test_the_bucket_is_private_and_encrypted():
    assert set(BUCKET["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(BUCKET["PublicAccessBlockConfiguration"]) == 4
    assert BUCKET["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    (rule,) = BUCKET["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}


@pytest.mark.parametrize(
    ("kind", "action", "resources"),
    [
        ("S3::BucketPolicy", "s3:*", [reference("Bucket"), within("Bucket", "*")]),
        ("SQS::QueuePolicy", "sqs:*", reference("FailureQueue")),
    ],
)
def test_plain_http_is_refused(kind, action, resources):
    (policy,) = of_type(DOCUMENT, kind).values()
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement == {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": resources,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def test_the_trigger_is_left_to_chalice():
    # Two who do take each other's off.
    assert "NotificationConfiguration" not in BUCKET


def test_objects_expire_in_every_folder():
    rules = {rule["Prefix"]: rule for rule in BUCKET["LifecycleConfiguration"]["Rules"] if "Prefix" in rule}
    assert {prefix: rule["ExpirationInDays"] for prefix, rule in rules.items()} == {
        "events/": {"Ref": "EventsDays"},
        "dead-letters/": {"Ref": "DeadLetterDays"},
        "firehose-errors/": {"Ref": "DeadLetterDays"},
        "timestream-rejected/": {"Ref": "DeadLetterDays"},
    }
    assert rules["events/"]["Transitions"] == [{"StorageClass": "STANDARD_IA", "TransitionInDays": 30}]
    assert PARAMETERS["EventsDays"]["MinValue"] >= 60  # S3 refuses an expiry before the transition


def test_unfinished_uploads_expire_in_every_folder():
    unfinished = [
        rule for rule in BUCKET["LifecycleConfiguration"]["Rules"] if "AbortIncompleteMultipartUpload" in rule
    ]
    assert [rule["Id"] for rule in unfinished] == ["unfinished-uploads"]
    assert "Prefix" not in unfinished[0]


@pytest.mark.parametrize("rule", BUCKET["LifecycleConfiguration"]["Rules"], ids=lambda rule: rule["Id"])
def test_lifecycle_rules_are_enabled(rule):
    assert rule["Status"] == "Enabled"


def test_the_failure_queue_keeps_notifications_as_long_as_sqs_can():
    assert QUEUE["MessageRetentionPeriod"] == 14 * 24 * HOUR
    assert QUEUE["SqsManagedSseEnabled"] is True


def test_the_topic_is_encrypted_with_a_key_that_alarms_may_use():
    """alias/aws/sns they may not: https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns"""
    (topic,) = of_type(DOCUMENT, "SNS::Topic").values()
    (key,) = of_type(DOCUMENT, "KMS::Key").values()
    assert topic["KmsMasterKeyId"] == reference("AlarmKey")
    assert key["EnableKeyRotation"] is True
    account, alarms = key["KeyPolicy"]["Statement"]
    assert account["Principal"] == {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    assert alarms == {
        "Sid": "AlarmsAreTold",
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }


# The streams


@pytest.mark.parametrize(("stream", "folder"), [("WebStream", "web/"), ("ServerStream", SERVER_FOLDER)])
def test_each_stream_delivers_to_its_folder(stream, folder):
    config = Config.from_environ(stage_settings(OUTPUTS))
    assert STREAMS[stream]["Prefix"] == f"{config.events_prefix}{folder}!{{timestamp:yyyy/MM/dd/HH}}/"
    assert STREAMS[stream]["BucketARN"] == reference("Bucket")
    assert STREAMS[stream]["RoleARN"] == reference("FirehoseRole")


@pytest.mark.parametrize("stream", STREAMS)
def test_streams_compress_and_log(stream):
    assert STREAMS[stream]["CompressionFormat"] == "GZIP"  # Snappy is not read
    assert STREAMS[stream]["CloudWatchLoggingOptions"]["Enabled"] is True
    assert STREAMS[stream]["BufferingHints"] == {
        "IntervalInSeconds": {"Ref": "BufferSeconds"},
        "SizeInMBs": {"Ref": "BufferMegabytes"},
    }
    encryption = RESOURCES[stream]["Properties"]["DeliveryStreamEncryptionConfigurationInput"]
    assert encryption == {"KeyType": "AWS_OWNED_CMK"}


def test_error_reports_are_not_ingested():
    """Each would be a notification of an object without events, or of one that ingest has written itself."""
    trigger = Config.from_environ(stage_settings(OUTPUTS)).events_prefix
    reports = [stream["ErrorOutputPrefix"] for stream in STREAMS.values()]
    reports += [rejected_location(table)["ObjectKeyPrefix"] for table in TABLES.values()]
    reports += [OUTPUTS["DeadLetterPrefix"]]
    assert not [prefix for prefix in reports if prefix.startswith(trigger)]


def test_the_streams_report_errors_to_different_folders():
    prefixes = [stream["ErrorOutputPrefix"] for stream in STREAMS.values()]
    assert len(set(prefixes)) == len(prefixes) == 2
    assert all("!{firehose:error-output-type}/" in prefix for prefix in prefixes)


# The tables


def rejected_location(table: dict[str, Any]) -> dict[str, Any]:
    writes = table["MagneticStoreWriteProperties"]
    location: dict[str, Any] = writes["MagneticStoreRejectedDataLocation"]["S3Configuration"]
    return location


@pytest.mark.parametrize("table", TABLES)
def test_tables_are_partitioned_by_affiliate(table):
    # For good: Timestream does not change it.
    # https://docs.aws.amazon.com/timestream/latest/developerguide/customer-defined-partition-keys.html
    (key,) = TABLES[table]["Schema"]["CompositePartitionKey"]
    assert key == {"Type": "DIMENSION", "Name": "affiliate_id", "EnforcementInRecord": "REQUIRED"}


@pytest.mark.parametrize("table", TABLES)
def test_late_records_are_written_and_their_rejections_reported(table):
    assert TABLES[table]["MagneticStoreWriteProperties"]["EnableMagneticStoreWrites"] is True
    location = rejected_location(TABLES[table])
    assert location["BucketName"] == {"Ref": "Bucket"}
    assert location["ObjectKeyPrefix"].startswith(OUTPUTS["RejectedPrefix"])
    assert location["EncryptionOption"] == "SSE_S3"


def test_the_memory_store_outlasts_every_retry():
    rudderstack, firehose = 3 * HOUR, 24 * HOUR
    latest = rudderstack + firehose + MAX_AGE + QUEUE["MessageRetentionPeriod"]
    memory = PARAMETERS["MemoryStoreHours"]
    assert memory["MinValue"] * HOUR == latest
    assert memory["Default"] > memory["MinValue"]


def test_records_outlast_the_longest_time_window():
    assert PARAMETERS["MagneticStoreDays"]["MinValue"] > 365
    for table in TABLES.values():
        assert table["RetentionProperties"] == {
            "MemoryStoreRetentionPeriodInHours": {"Ref": "MemoryStoreHours"},
            "MagneticStoreRetentionPeriodInDays": {"Ref": "MagneticStoreDays"},
        }


# Who may do what


def statements(role: str) -> list[dict[str, Any]]:
    return [
        statement for policy in ROLES[role]["Policies"] for statement in policy["PolicyDocument"]["Statement"]
    ]


def test_rudderstack_can_put_records_on_the_streams_and_nothing_else():
    assert statements("RudderStackRole") == [
        {
            "Effect": "Allow",
            "Action": ["firehose:PutRecord", "firehose:PutRecordBatch"],
            "Resource": [reference("WebStream"), reference("ServerStream")],
        }
    ]


def test_rudderstack_must_know_the_external_id():
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
    (statement,) = ROLES["RudderStackRole"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${RudderStackAccountId}:root"}},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": {"Ref": "RudderStackWorkspaceId"}}},
    }
    assert "Default" not in PARAMETERS["RudderStackWorkspaceId"]


def test_firehose_serves_this_account_alone():
    (statement,) = ROLES["FirehoseRole"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "firehose.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": {"Ref": "AWS::AccountId"}}}


def test_firehose_writes_where_its_streams_deliver_and_nowhere_else():
    bucket, objects, logs = statements("FirehoseRole")
    assert bucket["Resource"] == reference("Bucket")
    assert objects["Resource"] == [within("Bucket", "events/*"), within("Bucket", "firehose-errors/*")]
    assert logs["Resource"] == reference("FirehoseLogGroup")
    for stream in STREAMS.values():
        for prefix in (stream["Prefix"], stream["ErrorOutputPrefix"]):
            assert prefix.startswith(("events/", "firehose-errors/"))


@pytest.mark.parametrize("role", ROLES)
def test_roles_have_no_wildcard_action_or_resource(role):
    assert "ManagedPolicyArns" not in ROLES[role]
    for statement in statements(role):
        assert "*" not in json.dumps(statement["Action"])
        assert statement["Resource"] != "*"


# The outputs


def test_the_outputs_used_in_tests_are_those_of_the_template():
    known = OUTPUTS | ON_POSTGRES
    assert DOCUMENT["Outputs"].keys() == known.keys()
    for name in ("EventsPrefix", "DeadLetterPrefix", "DirectoryKey", "RejectedPrefix"):
        assert DOCUMENT["Outputs"][name]["Value"] == OUTPUTS[name]
    conditions = {name: output.get("Condition") for name, output in DOCUMENT["Outputs"].items()}
    assert {name for name, condition in conditions.items() if condition == "OnTimestream"} == (
        OUTPUTS.keys() - ON_POSTGRES.keys()
    )
    assert {name for name, condition in conditions.items() if condition == "OnPostgres"} == (
        ON_POSTGRES.keys() - OUTPUTS.keys()
    )


@pytest.mark.parametrize(
    ("output", "function"),
    [("IngestLogGroupArn", STAGE.ingest_function), ("MetricsLogGroupArn", STAGE.api_function)],
)
def test_log_groups_belong_to_the_functions(output, function):
    arn = in_stage(DOCUMENT["Outputs"][output]["Value"], "dev")
    assert arn.endswith(f":log-group:/aws/lambda/{function}")


def test_the_app_accepts_the_stacks_settings():
    assert Config.from_environ(stage_settings(OUTPUTS)) == Config(events_bucket=OUTPUTS["EventsBucket"])
    assert Config.from_environ(stage_settings(ON_POSTGRES)) == Config(
        events_bucket=OUTPUTS["EventsBucket"], engine="postgres", dsql_endpoint=ON_POSTGRES["DsqlEndpoint"]
    )


# The engines


def of_engine(condition: str) -> dict[str, str]:
    """The types of the resources that only one engine has, by logical id."""
    return {name: each["Type"] for name, each in RESOURCES.items() if each.get("Condition") == condition}


def test_each_engine_has_resources_of_its_own_and_none_of_the_other():
    alarms = {"AWS::CloudWatch::Alarm"}
    timestream, postgres = of_engine("OnTimestream"), of_engine("OnPostgres")
    assert set(timestream.values()) - alarms == {"AWS::Timestream::Database", "AWS::Timestream::Table"}
    assert set(postgres.values()) - alarms == {"AWS::DSQL::Cluster"}
    unconditional = {name for name in RESOURCES if name not in timestream | postgres}
    assert not [name for name in unconditional if re.search("Timestream|DSQL", RESOURCES[name]["Type"])]
    properties = [RESOURCES[name]["Properties"] for name in unconditional - {"Dashboard"}]
    assert not re.search("AWS/Timestream|AWS/AuroraDSQL|timestream:|dsql:", json.dumps(properties))


def test_a_cluster_is_protected_and_kept():
    (cluster,) = of_type(DOCUMENT, "DSQL::Cluster")
    assert RESOURCES[cluster]["Properties"]["DeletionProtectionEnabled"] is True
    assert (RESOURCES[cluster]["DeletionPolicy"], RESOURCES[cluster]["UpdateReplacePolicy"]) == (
        "Retain",
        "Retain",
    )
