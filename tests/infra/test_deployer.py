"""A deployer's policies, compared with the calls of commands and CloudFormation: enough, and no more."""

import json
import re
from typing import Final

import pytest

from infra.stage import PROJECT
from tests.infra.deployer import ENGINES, POLICIES, grants, listed
from tests.infra.iam import Access
from tests.linter import mistakes_in_policy

MOST_CHARACTERS: Final = 6144
"""Of a managed policy, white space aside: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""

TAGS = ("TagResource", "UntagResource", "ListTagsForResource")


def of(service: str, *names: str) -> set[str]:
    return {f"{service}:{name}" for name in names}


BY_CLOUDFORMATION: dict[str, set[str]] = {
    "AppSync": of("appsync", "CreateGraphqlApi", "GetGraphqlApi") | of("iam", "CreateServiceLinkedRole"),
    "CloudFront::Distribution": of(
        "cloudfront", "CreateDistribution", "GetDistribution", "UpdateDistribution"
    )
    | of("cloudfront", "GetDistributionConfig", "DeleteDistribution", *TAGS),
    "CloudFront::OriginAccessControl": of("cloudfront", "CreateOriginAccessControl", "GetOriginAccessControl")
    | of("cloudfront", "UpdateOriginAccessControl", "DeleteOriginAccessControl"),
    "CloudFront::ResponseHeadersPolicy": of("cloudfront", "CreateResponseHeadersPolicy")
    | of("cloudfront", "GetResponseHeadersPolicy", "UpdateResponseHeadersPolicy")
    | of("cloudfront", "DeleteResponseHeadersPolicy"),
    "CloudWatch::Alarm": of("cloudwatch", "PutMetricAlarm", "DescribeAlarms", "DeleteAlarms", *TAGS),
    "CloudWatch::CompositeAlarm": of("cloudwatch", "PutCompositeAlarm", "DescribeAlarms", "DeleteAlarms"),
    "CloudWatch::Dashboard": of("cloudwatch", "PutDashboard", "GetDashboard", "DeleteDashboards"),
    "Cognito::ManagedLoginBranding": of("cognito-idp", "CreateManagedLoginBranding")
    | of("cognito-idp", "DescribeManagedLoginBranding", "UpdateManagedLoginBranding")
    | of("cognito-idp", "DeleteManagedLoginBranding", "DescribeManagedLoginBrandingByClient"),
    "Cognito::UserPoolClient": of("cognito-idp", "CreateUserPoolClient", "DescribeUserPoolClient")
    | of("cognito-idp", "UpdateUserPoolClient", "DeleteUserPoolClient"),
    "Cognito::UserPoolDomain": of("cognito-idp", "CreateUserPoolDomain", "DescribeUserPoolDomain")
    | of("cognito-idp", "UpdateUserPoolDomain", "DeleteUserPoolDomain"),
    "Cognito::UserPoolGroup": of("cognito-idp", "CreateGroup", "GetGroup", "UpdateGroup", "DeleteGroup"),
    "Cognito::UserPool": of("cognito-idp", "CreateUserPool", "DescribeUserPool", "UpdateUserPool", *TAGS)
    | of("cognito-idp", "DeleteUserPool", "SetUserPoolMfaConfig", "GetUserPoolMfaConfig")
    | of("cognito-idp", "AddCustomAttributes"),
    "DSQL::Cluster": of("dsql", "CreateCluster", "GetCluster", "UpdateCluster", *TAGS)
    | of("dsql", "GetVpcEndpointServiceName", "GetClusterPolicy")
    | of("iam", "CreateServiceLinkedRole"),
    "IAM::Role": of(
        "iam", "CreateRole", "GetRole", "UpdateRole", "UpdateAssumeRolePolicy", "DeleteRole", "PutRolePolicy"
    )
    | of("iam", "GetRolePolicy", "DeleteRolePolicy", "ListRolePolicies", "TagRole", "UntagRole", "PassRole"),
    "KinesisFirehose::DeliveryStream": of(
        "firehose", "CreateDeliveryStream", "DescribeDeliveryStream", "UpdateDestination", "TagDeliveryStream"
    )
    | of("firehose", "DeleteDeliveryStream", "StartDeliveryStreamEncryption", "ListTagsForDeliveryStream")
    | of("firehose", "UntagDeliveryStream"),
    "KMS::Key": of("kms", "CreateKey", "DescribeKey", "EnableKeyRotation", "GetKeyPolicy", "PutKeyPolicy")
    | of("kms", "ListResourceTags", "ScheduleKeyDeletion", "TagResource", "UntagResource")
    | of("kms", "UpdateKeyDescription"),
    "Lambda::Function": of("lambda", "CreateFunction", "GetFunction", "UpdateFunctionCode", "DeleteFunction")
    | of("lambda", "UpdateFunctionConfiguration", "GetFunctionCodeSigningConfig", "ListTags", "TagResource")
    | of("lambda", "UntagResource", "GetRuntimeManagementConfig", "GetFunctionRecursionConfig"),
    "Lambda::Permission": of("lambda", "AddPermission", "GetPolicy", "RemovePermission"),
    "Logs::LogGroup": of(
        "logs", "CreateLogGroup", "DeleteLogGroup", "PutRetentionPolicy", "DescribeLogGroups"
    )
    | of("logs", "DeleteRetentionPolicy", *TAGS),
    "Logs::LogStream": of("logs", "CreateLogStream", "DescribeLogStreams", "DeleteLogStream"),
    "Logs::MetricFilter": of("logs", "PutMetricFilter", "DescribeMetricFilters", "DeleteMetricFilter"),
    "S3::Bucket": of("s3", "CreateBucket", "PutBucketPublicAccessBlock", "PutBucketTagging", "ListBucket")
    | of("s3", "PutEncryptionConfiguration", "PutLifecycleConfiguration", "PutBucketOwnershipControls")
    | of("s3", "GetLifecycleConfiguration", "GetBucketTagging", "DeleteBucket", *TAGS),
    "S3::BucketPolicy": of("s3", "PutBucketPolicy", "GetBucketPolicy", "DeleteBucketPolicy"),
    "SNS::Subscription": of("sns", "Subscribe", "Unsubscribe", "GetSubscriptionAttributes")
    | of("sns", "SetSubscriptionAttributes"),
    "SNS::Topic": of("sns", "CreateTopic", "GetTopicAttributes", "SetTopicAttributes", "DeleteTopic", *TAGS),
    "SNS::TopicPolicy": of("sns", "SetTopicAttributes"),
    "SQS::Queue": of("sqs", "CreateQueue", "GetQueueAttributes", "SetQueueAttributes", "DeleteQueue")
    | of("sqs", "TagQueue", "UntagQueue", "ListQueueTags"),
    "SQS::QueuePolicy": of("sqs", "SetQueueAttributes"),
    "Timestream::Database": of("timestream", "CreateDatabase", "DescribeDatabase", "UpdateDatabase")
    | of("timestream", "DeleteDatabase", "DescribeEndpoints", *TAGS)
    | of("kms", "CreateGrant", "Decrypt", "DescribeKey"),
    "Timestream::Table": of("timestream", "CreateTable", "DescribeTable", "UpdateTable", "DeleteTable")
    | of("s3", "GetBucketAcl", "GetObject", "PutObject")
    | of("kms", "Encrypt", "GenerateDataKey"),
    "WAFv2::WebACL": of("wafv2", "CreateWebACL", "GetWebACL", "UpdateWebACL", "DeleteWebACL", *TAGS),
    "WAFv2::WebACLAssociation": of("wafv2", "AssociateWebACL", "DisassociateWebACL", "GetWebACLForResource")
    | of("appsync", "SetWebACL"),
}
"""What CloudFormation calls as the deployer, by the start of a type: what its resource handlers need.

https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/supported-resources.html
"""

BY_THE_COMMANDS = {
    # chalice
    *of("lambda", "CreateFunction", "DeleteFunction", "AddPermission", "RemovePermission", "GetPolicy"),
    *of("lambda", "UpdateFunctionCode", "UpdateFunctionConfiguration", "GetFunction", "TagResource"),
    *of("lambda", "UntagResource", "ListTags", "PutFunctionConcurrency", "DeleteFunctionConcurrency"),
    *of("s3", "GetBucketNotification", "PutBucketNotification"),
    # tables and smoke test
    *of("timestream", "PrepareQuery", "Select", "WriteRecords"),
    *of("dsql", "DbConnectAdmin"),
    *of("execute-api", "Invoke"),
    # replay
    *of("lambda", "InvokeFunction", "GetFunctionConfiguration", "GetFunctionEventInvokeConfig"),
    *of("s3", "ListBucket"),
    *of("sqs", "GetQueueUrl", "GetQueueAttributes", "ReceiveMessage", "DeleteMessage"),
    # directory, payouts
    *of("s3", "GetObject", "PutObject"),
    # the portal's files, and its users
    *of("s3", "ListBucket", "PutObject", "DeleteObject"),
    *of("cloudfront", "CreateInvalidation"),
    *of(
        "cognito-idp", "ListUserPools", "ListUsers", "ListUsersInGroup", "AdminCreateUser", "AdminDeleteUser"
    ),
    *of("cognito-idp", "AdminAddUserToGroup"),
    *of("firehose", "PutRecordBatch"),
}
"""Direct calls that moto does not see in the tests of a deployment."""


def resource_types() -> set[str]:
    texts = (path.read_text() for path in (PROJECT / "infra").glob("*.yaml"))
    return {found for text in texts for found in re.findall(r"^    Type: AWS::(\S+)", text, re.MULTILINE)}


def called_by_cloudformation() -> set[str]:
    return set().union(*BY_CLOUDFORMATION.values())


def test_what_cloudformation_calls_is_known_for_each_type_of_resource():
    unknown = {kind for kind in resource_types() if not kind.startswith(tuple(BY_CLOUDFORMATION))}
    assert unknown == set()


def test_each_action_is_allowed_on_some_resource():
    actions = [grant.action for grant in grants(*ENGINES)]
    needed = called_by_cloudformation() | BY_THE_COMMANDS
    missing = {
        name
        for name in needed
        if not any(Access(action, "*").covers(Access(name, "*")) for action in actions)
    }
    assert missing == set()


def test_no_action_is_allowed_that_nothing_calls():
    direct = of("apigateway", "DELETE", "GET", "PATCH", "POST", "PUT") | of(
        "cloudformation", "CreateChangeSet", "DeleteChangeSet", "DeleteStack", "DescribeStacks", "TagResource"
    )
    direct |= of("cloudformation", "ExecuteChangeSet", "ListStackResources", "UpdateTerminationProtection")
    direct |= of("lambda", "PutFunctionEventInvokeConfig")
    needed = called_by_cloudformation() | BY_THE_COMMANDS | direct
    unused = {
        grant.action
        for grant in grants(*ENGINES)
        if not any(Access(grant.action, "*").covers(Access(name, "*")) for name in needed)
    }
    assert unused - of("kms", "Get*") - of("wafv2", "List*") == set()


def test_wildcards_in_actions_read_only_or_are_of_one_api():
    wild = {grant.action for grant in grants(*ENGINES) if "*" in grant.action}
    changing = {action for action in wild if not re.search(r":(Get|List|Describe)", action)}
    assert changing == {"appsync:*", "s3:PutBucket*"}


def test_roles_and_functions_are_those_of_this_app():
    for grant in grants(*ENGINES):
        if grant.action.startswith(
            ("iam:", "lambda:", "s3:", "cloudformation:", "sqs:", "sns:", "firehose:")
        ):
            assert "affiliate-analytics-" in grant.resource or grant.resource in {
                "arn:aws:cloudformation:*:*:changeSet/deploy-*",
                "arn:aws:iam::*:role/aws-service-role/appsync.amazonaws.com/*",
                "arn:aws:iam::*:role/aws-service-role/dsql.amazonaws.com/*",
            }


def test_roles_can_be_passed_only_to_services_that_are_used():
    (passing,) = [
        each for each in POLICIES["policy-deployer"]["Statement"] if "iam:PassRole" in listed(each["Action"])
    ]
    services = passing["Condition"]["StringEquals"]["iam:PassedToService"]
    assert services == ["appsync.amazonaws.com", "firehose.amazonaws.com", "lambda.amazonaws.com"]


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_a_policy_passes_cfn_lint_and_is_small_enough(name: str):
    assert mistakes_in_policy(POLICIES[name]) == []
    assert len("".join(json.dumps(POLICIES[name], separators=(",", ":")).split())) < MOST_CHARACTERS


def test_a_deployer_for_postgres_may_do_nothing_with_timestream():
    assert not [access for access in grants("postgres") if "timestream" in str(access).lower()]
