"""What a deployment does for the portal and its users: one class for each kind of user pool.

GraphQL needs the pool, the portal's headers need GraphQL's address, and the pool's app client needs the
portal's. So the pool comes before GraphQL, and the portal after it, with the app client. At last, invitations
learn the portal's address.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from chalicelib.config import Config
from infra.account import Account
from infra.errors import InfraError
from infra.portal_files import read_settings, refresh, small_copy, upload
from infra.progress import Step
from infra.stacks import Stack
from infra.stage import Stage
from infra.templates import Template

CLAIM: Final = "affiliate_id"
"""The claim that the trigger of a pool of our own sets."""


class Portal(Protocol):
    """The part of a deployment that knows whose the user pool is."""

    def check(self) -> None:
        """Raise InfraError for anything that would make a later step fail and can be known now."""
        ...

    def user_pool(self) -> Mapping[str, str]:
        """The parameter UserPoolId of GraphQL, if it is not given or kept."""
        ...

    def steps_before(self) -> list[Step]:
        """The steps before the GraphQL API is deployed."""
        ...

    def steps_after(self) -> list[Step]:
        """The steps after that."""
        ...

    def report(self) -> str:
        """What the user needs next."""
        ...


@dataclass(frozen=True, slots=True)
class GivenPool:
    """A user pool that this deployment does not make. It makes no portal for it either."""

    stage: Stage
    account: Account
    given: Mapping[str, str]
    tell: Callable[[str], None]

    def check(self) -> None:
        """Raise InfraError for a pool in another region, and for one in the place of the stage's own."""
        pool = self.given.get("UserPoolId", "")
        region, _, name = pool.rpartition("_")
        if name and region != self.account.region:
            raise InfraError(
                f"The user pool is in {region}, and this is {self.account.region}: one region for both."
            )
        if own := _stack(self, self.stage.users_stack).outputs().get("UserPoolId"):
            raise InfraError(_HAS_ITS_OWN.format(stage=self.stage.name, own=own))

    def user_pool(self) -> Mapping[str, str]:
        """Nothing: it is given, or kept from an earlier deployment."""
        return {}

    def steps_before(self) -> list[Step]:
        """None."""
        return []

    def steps_after(self) -> list[Step]:
        """None."""
        return []

    def report(self) -> str:
        """The address that the portal asks."""
        return f"The portal asks {_graphql_url(self)}"


@dataclass(frozen=True, slots=True)
class OwnPool:
    """A user pool that the deployment makes for the stage, and the portal beside it."""

    stage: Stage
    account: Account
    given: Mapping[str, str]
    tell: Callable[[str], None]

    def check(self) -> None:
        """Raise InfraError for a claim that the trigger does not set, half a domain, or broken settings."""
        claim = self.given.get("AffiliateClaim", CLAIM)
        if claim != CLAIM:
            raise InfraError(f"AffiliateClaim={claim} needs a user pool of yours (UserPoolId=…): {_SETS}.")
        for name, other in (_DOMAIN, _DOMAIN[::-1]):
            if self.given.get(name) and not (self.given.get(other) or self._portal.parameter(other)):
                raise InfraError(f"{name} needs {other}: give both.")
        read_settings(self.stage.project / "portal")

    def user_pool(self) -> Mapping[str, str]:
        """The pool of the users' stack; empty before it is made."""
        return {"UserPoolId": self._users.outputs().get("UserPoolId", "")}

    def steps_before(self) -> list[Step]:
        """Make the pool."""
        return [Step("Users", self._deploy_users)]

    def steps_after(self) -> list[Step]:
        """Make the portal, fill it, and tell the pool where it is."""
        return [
            Step("Portal", self._deploy_portal),
            Step("Files of the portal", self._upload),
            Step("CloudFront has them", lambda: refresh(self.account, self._outputs["Distribution"])),
            Step("Invitations", self._address_invitations),
        ]

    def report(self) -> str:
        """The portal's address, and how to let people in."""
        outputs = self._outputs
        target = (
            _POINTS_AT.format(**outputs) if outputs["DistributionDomain"] not in outputs["PortalUrl"] else ""
        )
        return _REPORT.format(stage=self.stage.name, url=outputs["PortalUrl"], target=target)

    def _deploy_users(self) -> str:
        if not self._users.resources():
            check_kept(self.account, self.stage)
        storage = _stack(self, self.stage.storage_stack).outputs()
        made = {name: storage[name] for name in ("EventsBucket", "DirectoryKey", "AlarmTopicArn")}
        return self._users.deploy(self._users_template, {**self.given, "Stage": self.stage.name, **made})

    def _deploy_portal(self) -> str:
        users = self._users.outputs()
        made = {"Stage": self.stage.name, "GraphQLUrl": _graphql_url(self), **users}
        template = Template(self.stage.project / "infra" / "portal.yaml")
        return self._portal.deploy(template, {**self.given, **made})

    def _upload(self) -> str:
        folder = small_copy(self.stage.project, self.stage.workspace / "portal")
        return upload(self.account, self._outputs["Bucket"], folder, self._settings())

    def _settings(self) -> dict[str, Any]:
        """What the checkout says, with the stage's own addresses."""
        config = Config.from_environ(self.stage.settings)
        parameters = {"affiliate": config.affiliate_parameters[0], "link": config.link_parameters[0]}
        return {
            **read_settings(self.stage.project / "portal"),
            "graphqlUrl": _graphql_url(self),
            "signIn": {
                "kind": "cognito",
                "domain": self._users.outputs()["SignInUrl"],
                "clientId": self._outputs["ClientId"],
                "scopes": ["openid", "email"],
            },
            "linkParameters": parameters,
        }

    def _address_invitations(self) -> str:
        url = self._outputs["PortalUrl"]
        if self._users.parameter("PortalUrl") != url:
            self._users.deploy(self._users_template, {"PortalUrl": url})
        return f"lead to {url}"

    @property
    def _users(self) -> Stack:
        return _stack(self, self.stage.users_stack)

    @property
    def _portal(self) -> Stack:
        return _stack(self, self.stage.portal_stack)

    @property
    def _outputs(self) -> dict[str, str]:
        return self._portal.outputs()

    @property
    def _users_template(self) -> Template:
        return Template(self.stage.project / "infra" / "users.yaml")


def portal_of(
    stage: Stage, account: Account, given: Mapping[str, str], tell: Callable[[str], None]
) -> Portal:
    """The portal that is asked for, or else the one that the stage has. A new stage has a pool of its own."""
    own = OwnPool(stage, account, given, tell)
    made = _stack(own, stage.users_stack).outputs().get("UserPoolId")
    if "UserPoolId" in given:
        is_own = given["UserPoolId"] == made
    else:
        is_own = bool(made) or not _stack(own, stage.graphql_stack).parameter("UserPoolId")
    return own if is_own else GivenPool(stage, account, given, tell)


def check_kept(account: Account, stage: Stage) -> None:
    """Raise InfraError if there is a user pool that `make destroy` kept: its users would be left aside."""
    name = f"{stage.app}-{stage.name}"
    pages = account.client("cognito-idp").get_paginator("list_user_pools").paginate(MaxResults=60)
    for pool in (pool for page in pages for pool in page["UserPools"]):
        if pool["Name"] == name:
            raise InfraError(_KEPT.format(id=pool["Id"], region=account.region))


def _stack(portal: GivenPool | OwnPool, name: str) -> Stack:
    return Stack(name, portal.account.client("cloudformation"), portal.tell)


def _graphql_url(portal: GivenPool | OwnPool) -> str:
    return _stack(portal, portal.stage.graphql_stack).outputs()["GraphQLUrl"]


_DOMAIN: Final = ("PortalDomain", "PortalCertificateArn")
"""Parameters that need each other."""

_SETS: Final = f"the trigger of the pool that `make deploy` makes sets {CLAIM}"

_HAS_ITS_OWN: Final = (
    "{stage} has a user pool of its own, {own}, which has its users: leave UserPoolId out. To use another "
    "pool, take the stage down first (`make destroy STAGE={stage}` keeps all data)."
)

_KEPT: Final = (
    "The user pool {id} exists already, kept by `make destroy` with its users. docs/operations.md says how "
    "to use it again. If nobody needs it, delete it: aws cognito-idp delete-user-pool --region {region} "
    "--user-pool-id {id}"
)

_REPORT: Final = """\
The portal is at {url}{target}

Invite yourself, as an administrator who sees all, and affiliates by the id in their links:
  .venv/bin/python -m infra.users add --stage {stage} --admin --email you@shop.example
  .venv/bin/python -m infra.users add --stage {stage} alice --email alice@partner.example"""

_POINTS_AT: Final = "\nwhen a DNS record of that name (CNAME) points at {DistributionDomain}"
