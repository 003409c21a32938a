"""`python -m devstack token`: prints an ID token that the local AppSync takes."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from devstack.appsync.local import local_api, token_issuer
from devstack.appsync.tokens import User
from devstack.errors import DevstackError

KEY_NAME = "appsync-key.pem"
"""Of the file in the state folder."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a token; the exit code. The local system need not be running."""
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
        description="Print an ID token for the local AppSync, good for a day.",
    )
    parser.add_argument("--affiliate", metavar="ID", help="the affiliate who asks; none if not given")
    parser.add_argument("--group", action="append", default=[], help="a Cognito group; may be repeated")
    parser.add_argument(
        "--state", type=Path, default=Path(".devstack"), help="the local system's folder (%(default)s)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
