"""Invite, list or remove the portal's users: `python -m infra.users add alice --email … --stage dev`.

For stages whose user pool `make deploy` has made. An affiliate's user sees the figures of one affiliate, and
an administrator sees all.
"""

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from chalicelib.directory import is_listed_id, parse_directory
from chalicelib.errors import DirectoryError
from infra.account import Account, open_account
from infra.errors import InfraError, run_command
from infra.ingest_function import find_ingest
from infra.kept_object import KeptObject
from infra.stacks import Stack
from infra.stage import PROJECT, Stage, open_stage
from infra.users.pool import User, UserPool, described, parse_email


def main(arguments: Sequence[str] | None = None, project: Path = PROJECT) -> int:
    """Invite, list or remove; the exit code."""
    options = _parser().parse_args(arguments)
    return run_command("users", lambda: _run(options, project, Console()))


def _run(options: Namespace, project: Path, console: Console) -> None:
    stage = open_stage(project, options.stage)
    with open_account() as account:
        said = _COMMANDS[options.command](options, account, stage, _find_pool(account, stage))
    if isinstance(said, Table):
        console.print(said)
    else:
        console.print(said, markup=False, highlight=False, soft_wrap=True)


def _add(options: Namespace, account: Account, stage: Stage, pool: UserPool) -> str:
    email, affiliate = parse_email(options.email), options.affiliate or ""
    if not (affiliate or options.admin):
        raise InfraError("Say who that is: the id of an affiliate, --admin, or both.")
    if affiliate:
        _check_affiliate(affiliate, _listed(account, stage))
    if user := pool.find(email):
        return _add_to(pool, user, options)
    name = pool.invite(email, affiliate)
    if options.admin:
        pool.make_admin(name)
    role = described(affiliate, is_admin=options.admin)
    return f"{email} is invited as {role}. The password in the e-mail works for 7 days."


def _add_to(pool: UserPool, user: User, options: Namespace) -> str:
    """Make an existing user an administrator. Raises InfraError for any other change of a user."""
    is_same = options.affiliate in (None, user.affiliate)
    if is_same and options.admin and not user.is_admin:
        pool.make_admin(user.name)
        return f"{user.email} was a user already, and is an administrator now, from the next sign-in on."
    raise InfraError(
        f"{user.email} is a user already, as {user.role} ({user.state}). To send the invitation again: "
        f"users invite {user.email}. To change who that is: users remove {user.email}, then add."
    )


def _invite(options: Namespace, _account: Account, _stage: Stage, pool: UserPool) -> str:
    user = _known(pool, options.email)
    if user.state != "invited":
        raise InfraError(
            f"{user.email} is {user.state}: the sign-in page has a link for a forgotten password."
        )
    pool.invite_again(user)
    return f"{user.email} is invited again. The password in the new e-mail works for 7 days."


def _remove(options: Namespace, _account: Account, _stage: Stage, pool: UserPool) -> str:
    user = _known(pool, options.email)
    pool.remove(user)
    return f"{user.email} is removed. Who is still signed in as {user.role} sees figures for an hour at most."


def _list(_options: Namespace, account: Account, stage: Stage, pool: UserPool) -> Table | str:
    users = pool.users()
    if not users:
        return f"{stage.name} has no users yet: invite some with users add."
    listed = _listed(account, stage)
    table = Table("e-mail", "affiliate", "administrator", "state", box=None)
    for user in users:
        is_unknown = user.affiliate and listed is not None and user.affiliate not in listed
        shown = f"{user.affiliate} (not in the directory)" if is_unknown else user.affiliate
        table.add_row(user.email, shown, "yes" if user.is_admin else "", user.state)
    return table


def _known(pool: UserPool, email: str) -> User:
    """The user with this e-mail address. Raises InfraError if nobody has it."""
    if user := pool.find(parse_email(email)):
        return user
    raise InfraError(f"There is no user {email}{_near(email, [user.email for user in pool.users()])}")


def _check_affiliate(affiliate: str, listed: frozenset[str] | None) -> None:
    """Raise InfraError for an id that no event can have, and for one that the directory does not list."""
    if not is_listed_id(affiliate):
        raise InfraError(f"{affiliate!r} cannot be an affiliate's id: see docs/directory.md.")
    if listed is not None and affiliate not in listed:
        raise InfraError(
            f"The directory has no affiliate {affiliate!r}{_near(affiliate, sorted(listed))} "
            "To add one, publish the directory with it: python -m infra.directory."
        )


def _near(word: str, known: Sequence[str]) -> str:
    near = get_close_matches(word, known, n=3)
    return f": did you mean {' or '.join(near)}?" if near else "."


def _listed(account: Account, stage: Stage) -> frozenset[str] | None:
    """The affiliates in the directory; None if there is no directory, so that every affiliate counts.

    Raises InfraError if it is broken.
    """
    config = find_ingest(account, stage).config
    found = KeptObject(account.client("s3"), config.events_bucket, config.directory_key).read()
    if not found.etag:
        return None
    try:
        return parse_directory(found.body).affiliates
    except DirectoryError as error:
        raise InfraError(f"The directory is broken, so nobody can be looked up: {error}.") from error


def _find_pool(account: Account, stage: Stage) -> UserPool:
    """The stage's own user pool. Raises InfraError if it has none."""
    client = account.client("cloudformation")
    outputs = Stack(stage.users_stack, client, lambda _: None).outputs()
    if "UserPoolId" in outputs:
        return UserPool(outputs["UserPoolId"], account.client("cognito-idp"))
    if given := Stack(stage.graphql_stack, client, lambda _: None).parameter("UserPoolId"):
        raise InfraError(
            f"The users of {stage.name} are in {given}, a pool of your own: see docs/appsync.md."
        )
    raise InfraError(
        f"{stage.name} has no user pool in {account.region} of account {account.id}: "
        f"check AWS_DEFAULT_REGION, or run `make deploy STAGE={stage.name}` first."
    )


_COMMANDS: Final[Mapping[str, Callable[[Namespace, Account, Stage, UserPool], Table | str]]] = {
    "add": _add,
    "invite": _invite,
    "list": _list,
    "remove": _remove,
}


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="python -m infra.users",
        description=__doc__,
        allow_abbrev=False,
        formatter_class=RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add", help="invite a user by e-mail", allow_abbrev=False)
    add.add_argument("affiliate", nargs="?", metavar="AFFILIATE", help="the affiliate's id, as in the links")
    add.add_argument(
        "--email", required=True, help="the user's e-mail address, which is also the name to sign in with"
    )
    add.add_argument(
        "--admin", action="store_true", help="an administrator, who may see every affiliate's figures"
    )
    invite = commands.add_parser("invite", help="send an invitation again", allow_abbrev=False)
    listing = commands.add_parser("list", help="show all users", allow_abbrev=False)
    remove = commands.add_parser("remove", help="delete a user", allow_abbrev=False)
    for command in (invite, remove):
        command.add_argument("email", metavar="EMAIL", help="the user's e-mail address")
    for command in (add, invite, listing, remove):
        command.add_argument(
            "--stage", required=True, help="a stage of .chalice/config.json, which is deployed"
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
