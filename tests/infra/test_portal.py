"""The user pool, the portal's stack and its files: what no linter checks, and what a real S3 then has."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.events import MAX_AFFILIATE_ID
from devstack.site.portal import content_policy
from infra import affiliate_claim
from infra.account import Account, open_account
from infra.errors import InfraError
from infra.portal_files import CONFIG, caching, content_type, empty, read_settings, upload
from infra.portals import CLAIM, check_kept
from infra.stage import PROJECT, Stage
from infra.templates import Template
from infra.users.pool import ADMINS
from tests.deployment import BUCKET, forget_objects
from tests.infra.storage import of_type, template
from tests.linter import mistakes_in_file

USERS, PORTAL, GRAPHQL = template("users"), template("portal"), template("graphql")
(POOL,) = of_type(USERS, "Cognito::UserPool").values()
(DOMAIN,) = of_type(USERS, "Cognito::UserPoolDomain").values()
(FUNCTION,) = of_type(USERS, "Lambda::Function").values()
(CLIENT,) = of_type(PORTAL, "Cognito::UserPoolClient").values()
(HEADERS,) = of_type(PORTAL, "CloudFront::ResponseHeadersPolicy").values()
DISTRIBUTION = of_type(PORTAL, "CloudFront::Distribution")["Distribution"]["DistributionConfig"]
STAGE = Stage(PROJECT, "affiliate-analytics", "dev")


@pytest.mark.parametrize("name", ["users", "portal"])
def test_templates_pass_cfn_lint(name: str):
    assert mistakes_in_file(PROJECT / "infra" / f"{name}.yaml") == []


# Who a user is


def test_nobody_can_sign_up_or_say_which_affiliate_they_are():
    assert POOL["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    (attribute,) = POOL["Schema"]
    assert (f"custom:{attribute['Name']}", attribute["Mutable"]) == (affiliate_claim.ATTRIBUTE, False)
    assert attribute["StringAttributeConstraints"]["MaxLength"] == str(MAX_AFFILIATE_ID)
    assert CLIENT["WriteAttributes"] == ["email"]
    assert affiliate_claim.ATTRIBUTE in CLIENT["ReadAttributes"]  # Cognito may give the trigger no others
    # With this scope, a page could change attributes.
    assert "aws.cognito.signin.user.admin" not in CLIENT["AllowedOAuthScopes"]
    assert CLIENT["SupportedIdentityProviders"] == ["COGNITO"]


def test_the_claim_is_the_triggers_and_the_group_is_the_resolvers():
    assert GRAPHQL["Parameters"]["AffiliateClaim"]["Default"] == affiliate_claim.CLAIM == CLAIM
    api = of_type(GRAPHQL, "AppSync::GraphQLApi")["GraphQLApi"]["EnvironmentVariables"]
    (group,) = of_type(USERS, "Cognito::UserPoolGroup").values()
    assert group["GroupName"] == ADMINS == api["ADMIN_GROUP"]


def test_the_trigger_is_the_file_that_is_tested():
    trigger = POOL["LambdaConfig"]["PreTokenGenerationConfig"]
    assert trigger == {"LambdaArn": {"Fn::GetAtt": ["Claim", "Arn"]}, "LambdaVersion": "V1_0"}
    sent = json.loads(Template(PROJECT / "infra/users.yaml").body())["Resources"]["Claim"]["Properties"]
    assert sent["Code"]["ZipFile"] == Path(affiliate_claim.__file__).read_text(encoding="utf-8")
    assert sent["Handler"] == f"index.{affiliate_claim.handler.__name__}"
    read = set(re.findall(r'environ\["(\w+)"\]', sent["Code"]["ZipFile"]))
    assert read == FUNCTION["Environment"]["Variables"].keys()
    assert (
        FUNCTION["Timeout"] == 5
    )  # https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html


def test_users_outlive_the_stack():
    retained = Template(PROJECT / "infra/users.yaml").retained
    assert set(retained.values()) == {"AWS::Cognito::UserPool", "AWS::Cognito::UserPoolGroup"}
    assert Template(PROJECT / "infra/portal.yaml").retained == {}


def test_the_sign_in_pages_are_at_the_domain():
    address = USERS["Outputs"]["SignInUrl"]["Value"]["Fn::Sub"]
    assert address == f"https://{DOMAIN['Domain']['Fn::Sub']}.auth.${{AWS::Region}}.amazoncognito.com"
    # A page of the current kind needs a style, or Cognito shows none.
    assert DOMAIN["ManagedLoginVersion"] == 2
    (style,) = of_type(PORTAL, "Cognito::ManagedLoginBranding").values()
    assert (style["ClientId"], style["UseCognitoProvidedValues"]) == ({"Ref": "Client"}, True)


def test_an_invitation_has_what_cognito_demands_of_it():
    text, words = POOL["AdminCreateUserConfig"]["InviteMessageTemplate"]["EmailMessage"]["Fn::Sub"]
    assert {"{username}", "{####}", "${Address}"} <= set(re.findall(r"\$?\{[\w#]+\}", text))
    assert "${PortalUrl}" in words["Address"]["Fn::If"][1]["Fn::Sub"]
    days = POOL["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"]
    assert f"works for {days} days" in text


def test_the_app_client_is_public_and_its_tokens_are_short_lived():
    assert CLIENT["GenerateSecret"] is False
    assert CLIENT["AllowedOAuthFlows"] == ["code"]
    assert CLIENT["EnableTokenRevocation"] is True
    assert CLIENT["PreventUserExistenceErrors"] == "ENABLED"
    assert (CLIENT["IdTokenValidity"], CLIENT["TokenValidityUnits"]["IdToken"]) == (60, "minutes")
    assert (CLIENT["RefreshTokenValidity"], CLIENT["TokenValidityUnits"]["RefreshToken"]) == (7, "days")
    address = PORTAL["Outputs"]["PortalUrl"]["Value"]
    assert CLIENT["CallbackURLs"] == CLIENT["LogoutURLs"] == [address]


# The page


def directives(policy: str) -> dict[str, str]:
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


def test_the_content_policy_is_the_local_portals_with_the_stages_addresses():
    policy = HEADERS["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]["ContentSecurityPolicy"]
    reached = ["${GraphQLUrl}", "${SignInUrl}/oauth2/token", "${SignInUrl}/oauth2/revoke"]
    sent = policy["ContentSecurityPolicy"]["Fn::Sub"]
    assert directives(sent) == directives(content_policy(reached))
    assert len(sent.splitlines()) == 1


def test_every_security_header_replaces_what_a_file_says():
    headers = HEADERS["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert {name for name, header in headers.items() if header["Override"]} == {
        "ContentSecurityPolicy",
        "ContentTypeOptions",
        "FrameOptions",
        "ReferrerPolicy",
        "StrictTransportSecurity",
    }


def test_only_the_distribution_reads_the_private_bucket():
    (bucket,) = of_type(PORTAL, "S3::Bucket").values()
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    (policy,) = of_type(PORTAL, "S3::BucketPolicy").values()
    allowed, denied = policy["PolicyDocument"]["Statement"]
    assert (allowed["Principal"], allowed["Action"]) == (
        {"Service": "cloudfront.amazonaws.com"},
        "s3:GetObject",
    )
    source = allowed["Condition"]["StringEquals"]["aws:SourceArn"]["Fn::Sub"]
    assert source.endswith(":cloudfront::${AWS::AccountId}:distribution/${Distribution}")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_page_comes_compressed_over_https_from_the_cheapest_places():
    behaviour = DISTRIBUTION["DefaultCacheBehavior"]
    assert (behaviour["ViewerProtocolPolicy"], behaviour["Compress"]) == ("redirect-to-https", True)
    assert behaviour["ResponseHeadersPolicyId"] == {"Ref": "Headers"}
    assert (DISTRIBUTION["HttpVersion"], DISTRIBUTION["PriceClass"]) == ("http2and3", "PriceClass_100")
    assert DISTRIBUTION["DefaultRootObject"] == "index.html"


# Its files


@pytest.fixture
def account(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    forget_objects(s3_url)
    with open_account() as account:
        configuration: Any = {"LocationConstraint": "eu-west-1"}
        account.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=configuration)
        yield account


def test_the_bucket_has_the_files_of_the_checkout_and_no_others(account: Account, tmp_path: Path):
    s3 = account.client("s3")
    s3.put_object(Bucket=BUCKET, Key="js/old.js", Body=b"")
    for name in ("index.html", "js/main.js", "js/main.d.ts", CONFIG):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}")
    assert upload(account, BUCKET, tmp_path, {"graphqlUrl": "https://api.example/ü"}) == "3"
    stored = {each["Key"]: s3.get_object(Bucket=BUCKET, Key=each["Key"]) for each in listed(s3)}
    assert {key: (each["ContentType"], each["CacheControl"]) for key, each in stored.items()} == {
        CONFIG: ("application/json", "no-cache"),
        "index.html": ("text/html; charset=utf-8", "no-cache"),
        "js/main.js": (
            "text/javascript; charset=utf-8",
            "public, max-age=0, must-revalidate, s-maxage=86400",
        ),
    }
    assert json.loads(stored[CONFIG]["Body"].read()) == {"graphqlUrl": "https://api.example/ü"}
    assert empty(account, BUCKET) == "3 deleted"
    assert listed(s3) == []
    assert empty(account, BUCKET) == "0 deleted"


def listed(s3: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return found


def test_every_file_of_the_portal_has_a_content_type():
    for path in (PROJECT / "portal").rglob("*.*"):
        if path.suffix != ".ts":
            assert content_type(path.name)
            assert caching(path.name)
    with pytest.raises(InfraError, match=r"portal/a\.xyz: infra/portal_files\.py has no content type"):
        content_type("a.xyz")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{,}", "JSON is malformed: object keys must be strings (byte 1)."),
        ("[]", "Expected `object`, got `array`."),
        ('{"sites": [{"name": "Shop"}]}', "Object missing required field `url` - at `$.sites[0]`."),
        ('{"refreshSeconds": 0}', "Expected `float` >= 1.0 - at `$.refreshSeconds`."),
    ],
)
def test_broken_settings_are_one_sentence(tmp_path: Path, text: str, said: str):
    (tmp_path / CONFIG).write_text(text)
    with pytest.raises(InfraError) as refused:
        read_settings(tmp_path)
    assert str(refused.value) == f"portal/config.json: {said}"


def test_the_settings_of_the_checkout_are_taken_as_they_are():
    settings = read_settings(PROJECT / "portal")
    assert settings == json.loads((PROJECT / "portal" / CONFIG).read_text(encoding="utf-8"))


def test_users_that_were_kept_are_not_left_aside(account: Account):
    cognito = account.client("cognito-idp")
    cognito.create_user_pool(PoolName="affiliate-analytics-prod")
    check_kept(account, STAGE)
    pool = cognito.create_user_pool(PoolName="affiliate-analytics-dev")["UserPool"]["Id"]
    with pytest.raises(InfraError, match=f"The user pool {pool} exists already, kept by `make destroy` with"):
        check_kept(account, STAGE)
