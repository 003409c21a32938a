"""The session token of one environment, which may expire."""

import re

_TOKEN = re.compile(rb"\r\nx-amz-security-token: *([^\r]*)", re.IGNORECASE)


class Credentials:
    """A token that the services accept for any number of requests, or only for some more."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._left: int | None = None

    @property
    def environ(self) -> dict[str, str]:
        """The variables with which Lambda starts an environment."""
        return {
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_SESSION_TOKEN": self._token,
        }

    def expire(self, left: int) -> None:
        """Expire after so many further requests."""
        self._left = left

    def is_named(self, head: bytes) -> bool:
        """Whether the head of an HTTP request has this token."""
        found = _TOKEN.search(head)
        return found is not None and found[1] == self._token.encode()

    def is_accepted(self) -> bool:
        """Whether one more request is accepted."""
        if self._left is None:
            return True
        self._left -= 1
        return self._left >= 0
