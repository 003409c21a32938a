"""The local AppSync of this project: the API of infra/graphql.yaml, connected to this machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from botocore.credentials import Credentials
from starlette.applications import Starlette

from chalicelib.figures import Route
from devstack.appsync.declaration import Api, load_api
from devstack.appsync.execution import OPERATION_SECONDS, Engine
from devstack.appsync.graphiql import graphiql_routes
from devstack.appsync.http_source import HttpSources
from devstack.appsync.server import appsync
from devstack.appsync.tokens import TokenIssuer, User, signing_key
from devstack.environment import PROJECT, REGION
from devstack.sample.world import AFFILIATES

TEMPLATE: Final = PROJECT / "infra" / "graphql.yaml"
STAGE: Final = "api"
"""The name of API Gateway's stage, which is Chalice's default."""
ROUTES: Final = frozenset(("GET", f"/{route}") for route in Route)
"""The routes that AppSync may invoke, as method and path: those of its role in the template."""
CREDENTIALS: Final = Credentials("local", "local")
"""The credentials that AppSync signs requests with."""
OWNER: Final = User(None, ("admins",), "owner", "Sees all affiliates, and what is due to whom")
USERS: Final = (
    *(User(affiliate.id, about=affiliate.about) for affiliate in AFFILIATES),
    OWNER,
    User(None, about="Signed in, but neither an affiliate nor the owner"),
)
"""The affiliates of the sample, the owner, and a user who is neither."""


@dataclass(frozen=True, slots=True)
class LocalAppSync:
    """The app, and the issuer of the tokens that it accepts."""

    app: Starlette
    issuer: TokenIssuer


def local_appsync(
    rest_url: str, key: Path, users: Sequence[User] = USERS, seconds: float = OPERATION_SECONDS
) -> LocalAppSync:
    """AppSync in front of the API Gateway at `rest_url`. The file `key` has the key that signs tokens.

    An operation can take `seconds`. Raises DevstackError for files that AppSync would refuse.
    """
    api = local_api()
    issuer = token_issuer(api, key)
    sources = HttpSources({_HOST: rest_url}, CREDENTIALS)
    pages = graphiql_routes(users, issuer.issue, PROJECT / "node_modules")
    return LocalAppSync(appsync(Engine(api, sources, seconds), issuer.verify, pages), issuer)


def local_api() -> Api:
    """The API of the template, for this machine. Clients can ask for the schema: GraphiQL needs it."""
    return load_api(TEMPLATE, _PARAMETERS)


def token_issuer(api: Api, key: Path) -> TokenIssuer:
    """The issuer of tokens for `api`, with the key in the file `key`."""
    return TokenIssuer(api.user_pool, signing_key(key), api.environment["AFFILIATE_CLAIM"])


_PARAMETERS: Final = {
    "UserPoolId": f"{REGION}_local",
    "RestApiId": "local",
    "RestApiStage": STAGE,
    "Introspection": "ENABLED",
    "AWS::AccountId": "000000000000",
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": "local",
    "AWS::URLSuffix": "amazonaws.com",
}
_HOST: Final = f"local.execute-api.{REGION}.amazonaws.com"
