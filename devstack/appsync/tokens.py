"""A local Cognito user pool: it issues and verifies ID tokens."""

import os
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from devstack.appsync.declaration import UserPool
from devstack.errors import DamagedStateError

CLIENT_ID: Final = "local-portal"
"""The id of the app client that tokens are issued to."""
LIFETIME_SECONDS: Final = 24 * 60 * 60

Claims = dict[str, Any]
Clock = Callable[[], float]
"""Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class User:
    """A user who can sign in. `affiliate_id` is None if the user is not an affiliate."""

    affiliate_id: str | None
    groups: Sequence[str] = ()
    name: str = ""
    """The name to sign in with, if it is not the affiliate id."""
    about: str = ""
    """What to know about the user before one signs in as them."""

    @property
    def username(self) -> str:
        """The claim `cognito:username`."""
        return self.name or self.affiliate_id or "-".join(("user", *self.groups))


class TokenRefusedError(Exception):
    """A token is not accepted: the reason in AppSync's words."""


@dataclass(frozen=True, slots=True)
class TokenIssuer:
    """Issues tokens that are signed with a key, and verifies them."""

    pool: UserPool
    key: rsa.RSAPrivateKey
    affiliate_claim: str
    """The claim that holds the affiliate id, as a pre-token-generation trigger would set it."""
    clock: Clock = time.time

    def issue(self, user: User) -> str:
        """An ID token for `user` with the claims of a Cognito token. It is valid for a day."""
        now = int(self.clock())
        # The same user always has the same subject, as in Cognito. AppSync's cache depends on it.
        subject = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.pool.issuer}/{user.username}"))
        claims: Claims = {
            "sub": subject,
            "iss": self.pool.issuer,
            "aud": CLIENT_ID,
            "token_use": "id",
            "cognito:username": user.username,
            "auth_time": now,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            "jti": str(uuid.uuid4()),
        }
        if user.groups:
            claims["cognito:groups"] = list(user.groups)
        if user.affiliate_id is not None:
            claims[self.affiliate_claim] = user.affiliate_id
        return jwt.encode(claims, self.key, _ALGORITHM, headers={"kid": _KEY_ID})

    def verify(self, token: str) -> Claims:
        """The claims of an ID or access token of this pool.

        Raises TokenRefusedError if it is not a token, is not signed with this key, has expired, or belongs to
        another pool.
        """
        try:
            claims: Claims = jwt.decode(
                token,
                self.key.public_key(),
                [_ALGORITHM],
                issuer=self.pool.issuer,
                # Times are checked below, with `clock`. An access token has no audience.
                options={"verify_aud": False, "verify_exp": False, "verify_iat": False, "require": _CLAIMS},
            )
        except jwt.InvalidSignatureError as error:
            raise TokenRefusedError(_NOT_AUTHORIZED) from error
        except jwt.DecodeError as error:
            raise TokenRefusedError(_UNPARSABLE) from error
        except jwt.InvalidTokenError as error:
            raise TokenRefusedError(_NOT_AUTHORIZED) from error
        if claims["exp"] <= self.clock():
            raise TokenRefusedError("Token has expired.")
        if claims["token_use"] not in {"id", "access"}:
            raise TokenRefusedError(_NOT_AUTHORIZED)
        return claims


def signing_key(path: Path) -> rsa.RSAPrivateKey:
    """The key in the file `path`. It is created once, so that tokens stay valid after a restart.

    Raises DamagedStateError if the file has no RSA key.
    """
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        return _make_key(path)
    except (OSError, ValueError) as error:
        raise DamagedStateError(path, "not a private key") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise DamagedStateError(path, "not an RSA key")
    return key


def _make_key(path: Path) -> rsa.RSAPrivateKey:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    return key


_ALGORITHM: Final = "RS256"
_KEY_ID: Final = "local"
_CLAIMS: Final = ["sub", "iss", "exp", "token_use"]
_UNPARSABLE: Final = "Unable to parse JWT token."
_NOT_AUTHORIZED: Final = "You are not authorized to make this call."
