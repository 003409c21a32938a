"""The users of a stage's own user pool, as Cognito keeps them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from infra.affiliate_claim import ATTRIBUTE
from infra.errors import InfraError

ADMINS: Final = "admins"
"""The group of administrators, as in the schema's directive."""


@dataclass(frozen=True, slots=True)
class User:
    """A user of the portal."""

    name: str
    """Cognito's own name of the user."""
    email: str
    affiliate: str
    """The affiliate's id; empty for a user who is no affiliate."""
    state: str
    """`invited`, `active`, or another state in Cognito's own word."""
    is_admin: bool

    @property
    def role(self) -> str:
        """What the user is, in words."""
        return described(self.affiliate, is_admin=self.is_admin)


@dataclass(frozen=True, slots=True)
class UserPool:
    """A user pool. `client` is Cognito's."""

    id: str
    client: Any

    def users(self) -> list[User]:
        """All users, by their e-mail addresses."""
        return sorted(self._list(), key=lambda user: user.email)

    def find(self, email: str) -> User | None:
        """The user with this e-mail address, written in lower case; None if nobody has it."""
        return next(self._list(Filter=f'email = "{email}"'), None)

    def invite(self, email: str, affiliate: str) -> str:
        """Make a user, and have Cognito send the invitation. Returns Cognito's name of the user.

        Raises InfraError if Cognito does not accept the address.
        """
        attributes = {"email": email, "email_verified": "true"} | (
            {ATTRIBUTE: affiliate} if affiliate else {}
        )
        try:
            made = self.client.admin_create_user(
                UserPoolId=self.id,
                Username=email,
                UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
                DesiredDeliveryMediums=["EMAIL"],
            )
        except self.client.exceptions.InvalidParameterException as error:
            raise InfraError(f"{email} was not accepted: {error.response['Error']['Message']}") from error
        name: str = made["User"]["Username"]
        return name

    def invite_again(self, user: User) -> None:
        """Send the invitation once more, with a new password that works for another seven days."""
        self.client.admin_create_user(
            UserPoolId=self.id, Username=user.email, MessageAction="RESEND", DesiredDeliveryMediums=["EMAIL"]
        )

    def make_admin(self, name: str) -> None:
        """Put a user into the group of administrators."""
        self.client.admin_add_user_to_group(UserPoolId=self.id, Username=name, GroupName=ADMINS)

    def remove(self, user: User) -> None:
        """Delete a user. A token that the user has is good until it expires."""
        self.client.admin_delete_user(UserPoolId=self.id, Username=user.name)

    def _list(self, **only: str) -> Iterator[User]:
        pages = self.client.get_paginator("list_users").paginate(UserPoolId=self.id, **only)
        if found := [each for page in pages for each in page["Users"]]:
            admins = set(self._admins())
            yield from (_to_user(each, admins) for each in found)

    def _admins(self) -> Iterator[str]:
        """Cognito's names of the administrators."""
        pages = self.client.get_paginator("list_users_in_group").paginate(
            UserPoolId=self.id, GroupName=ADMINS
        )
        yield from (user["Username"] for page in pages for user in page["Users"])


def described(affiliate: str, *, is_admin: bool) -> str:
    """What a user is, in words."""
    roles = [f"the affiliate {affiliate}"] * bool(affiliate) + ["an administrator"] * is_admin
    return " and ".join(roles) or "nobody in particular"


def parse_email(text: str) -> str:
    """An e-mail address in lower case: the pool does not tell the cases apart.

    Raises InfraError for what cannot be one.
    """
    if not re.fullmatch(r"[^@\s\"\\]+@[^@\s.\"\\]+(\.[^@\s.\"\\]+)+", text):
        raise InfraError(f"{text!r} is not an e-mail address, such as alice@partner.example.")
    return text.lower()


def _to_user(found: Mapping[str, Any], admins: set[str]) -> User:
    attributes = {each["Name"]: each["Value"] for each in found["Attributes"]}
    status = found["UserStatus"]
    return User(
        found["Username"],
        attributes.get("email", ""),
        attributes.get(ATTRIBUTE, ""),
        _STATES.get(status, status.lower()) if found.get("Enabled", True) else "disabled",
        found["Username"] in admins,
    )


_STATES: Final = {"FORCE_CHANGE_PASSWORD": "invited", "CONFIRMED": "active"}
