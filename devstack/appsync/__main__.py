"""`python -m devstack.appsync`: run only the local AppSync, in front of any REST API."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from devstack.appsync.local import USERS, local_appsync
from devstack.appsync.token import KEY_NAME
from devstack.errors import DevstackError
from devstack.http import loopback
from devstack.http.ports import HOST, Ports
from devstack.http.serving import LoopbackOnly


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C. Returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        local = local_appsync(options.rest_url, options.state / KEY_NAME)
    except DevstackError as error:
        print(f"appsync: {error}", file=sys.stderr)
        return 1
    url = f"http://{HOST}:{options.port}"
    print(f"GraphQL {url}/graphql, GraphiQL {url}/graphiql")
    print(f"Authorization: {local.issuer.issue(USERS[0])}", flush=True)
    app = LoopbackOnly(local.app, options.allow_host)
    uvicorn.run(app, host=HOST, port=options.port, log_level="info", lifespan="off")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m devstack.appsync",
        description="Serve infra/graphql.yaml on this machine.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=8089, help="port to listen on")
    parser.add_argument(
        "--rest-url", default=f"http://{HOST}:{Ports().rest}", help="URL of the API Gateway or its stand-in"
    )
    parser.add_argument("--state", type=Path, default=Path(".devstack"), help="folder with the signing key")
    loopback.add_option(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
