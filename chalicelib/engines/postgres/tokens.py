"""Tokens, which Aurora DSQL takes for passwords."""

from typing import Final

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials, EnvProvider
from botocore.exceptions import NoCredentialsError

SECONDS: Final = 900
"""How long a token can be used to connect. A connection that is made outlives it."""


def token(endpoint: str, action: str) -> str:
    """The password for a cluster: a signed request, as boto3's `generate_db_connect_auth_token` makes it.

    Signed here, since a client would cost a cold start the reading of a service's model. Raises
    NoCredentialsError if the environment has no identity.
    https://docs.aws.amazon.com/aurora-dsql/latest/userguide/SECTION_authentication-token.html
    """
    region = endpoint.split(".")[2]
    request = AWSRequest("GET", f"https://{endpoint}/", params={"Action": action})
    SigV4QueryAuth(_credentials(), "dsql", region, expires=SECONDS).add_auth(request)
    return str(request.url).removeprefix("https://")


def _credentials() -> Credentials:
    """The environment's identity. On Lambda it is in variables: a session takes a third of a cold start."""
    found = EnvProvider().load() or _of_profile()
    if found is None:
        raise NoCredentialsError
    return found


def _of_profile() -> Credentials | None:
    import botocore.session

    return botocore.session.get_session().get_credentials()
