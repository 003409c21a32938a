"""`python -m devstack token`: print an ID token that the local AppSync accepts."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from devstack.appsync.local import local_api, token_issuer
from devstack.appsync.tokens import User
from devstack.errors import DevstackError

KEY_NAME = "appsync-key.pem"
"""The name of the file with the signing key, in the state folder."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a token. Returns the exit code. The local system does not have to run."""
    options = _parser().parse_args(arguments)
    user = User(options.affiliate, tuple(options.group))
    try:
        print(token_issuer(local_api(), options.state / KEY_NAME).issue(user))
    except DevstackError as error:
        print(f"devstack: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m devstack token",
        description="Print an ID token for the local AppSync. It is valid for a day.",
    )
    parser.add_argument(
        "--affiliate", metavar="ID", help="affiliate id in the token (default: no affiliate id)"
    )
    parser.add_argument(
        "--group", action="append", default=[], help="Cognito group in the token; can be given several times"
    )
    parser.add_argument(
        "--state",
        type=Path,
        default=Path(".devstack"),
        help="folder of the local system (default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
