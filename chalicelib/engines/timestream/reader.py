"""Reads from Timestream: the rows of a statement, from all of its pages."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import msgspec
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.engines.timestream.dialect import to_sql
from chalicelib.engines.timestream.unwritten import Unwritten
from chalicelib.errors import UnavailableError
from chalicelib.figures import R, Statement, to_rows

if TYPE_CHECKING:  # the stubs are not shipped
    from botocore.session import Session
    from types_boto3_timestream_query import TimestreamQueryClient
    from types_boto3_timestream_query.type_defs import QueryRequestTypeDef

_CONFIG = Config(
    connect_timeout=3,
    # API Gateway gives up after 29 s, and an answer after that is for nobody. The attempts are for refusals,
    # which come at once.
    read_timeout=25,
    retries={"mode": "standard", "total_max_attempts": 3},
    user_agent="affiliate-analytics",  # botocore would put its own together twice for every query
)


def query_client(session: "Session") -> "TimestreamQueryClient":
    """A client whose answers `rows` can read, from `session`.

    Raises UnavailableError if none can be made, such as without a region, which Lambda always has.
    """
    try:
        client = cast("TimestreamQueryClient", session.create_client("timestream-query", config=_CONFIG))
    except BotoCoreError as error:
        raise UnavailableError(str(error)) from error
    client.meta.events.register("before-parse.timestream-query.Query", _decode_body)
    return client


def rows(client: "TimestreamQueryClient", statement: Statement[R]) -> Iterator[R]:
    """The rows that answer `statement`; `client` is `query_client`'s. An empty table has no rows.

    Raises UnavailableError if the same statement may well be answered later, and otherwise the ClientError
    that botocore raises.
    """
    unwritten = Unwritten(statement.columns)
    while not unwritten.is_everything:
        try:
            for page in _pages(client, to_sql(statement, unwritten.fields)):
                if page.rows:
                    yield from to_rows(statement.row, _columns(page))
        except BotoCoreError as error:  # out of reach, or too slow
            raise UnavailableError(str(error)) from error
        except ClientError as error:
            if _is_passing(error):
                raise UnavailableError(str(error)) from error
            if not unwritten.add(_unknown_column(error)):
                raise
        else:
            return


class _Datum(msgspec.Struct, frozen=True, rename="pascal", gc=False):
    scalar_value: str | None = None
    """None stands for null: a null datum is `{"NullValue": true}`."""


class _Row(msgspec.Struct, frozen=True, rename="pascal", gc=False):
    data: list[_Datum]


class _Type(msgspec.Struct, frozen=True, rename="pascal"):
    scalar_type: str


class _Column(msgspec.Struct, frozen=True, rename="pascal"):
    name: str
    type: _Type


class _Page(msgspec.Struct, frozen=True, rename="pascal"):
    column_info: list[_Column]
    rows: list[_Row]
    next_token: str | None = None


_PAGE = msgspec.json.Decoder(_Page)

_SCALARS: dict[str, Callable[[str], object]] = {
    "VARCHAR": str,
    "BIGINT": int,
    "INTEGER": int,
    # "2026-11-17 00:00:00.000000000": nine decimals, no zone. Remembered, since the labels of a year's bins
    # come again with each series and all day long.
    "TIMESTAMP": lru_cache(maxsize=1024)(datetime.fromisoformat),
}


def _decode_body(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_context: object
) -> None:
    """Decode a page before botocore does, which takes six times as long.

    botocore adds what is customized to what it parses, which is an empty body. Errors are left to it.
    """
    if response_dict["status_code"] == 200:
        try:
            customized_response_dict["Page"] = _PAGE.decode(response_dict["body"])
        except msgspec.ValidationError:  # JSON, and not a page: not a passing failure
            raise
        except (msgspec.DecodeError, UnicodeDecodeError) as error:  # botocore may not notice a cut-off answer
            raise UnavailableError(f"Timestream's answer is not a page of rows: {error}") from error
        response_dict["body"] = b"{}"


def _pages(client: "TimestreamQueryClient", statement: str) -> Iterator[_Page]:
    """Every page. The first ones may well be empty: Timestream answers with a token before it has rows."""
    page = _query(client, {"QueryString": statement})
    yield page
    while page.next_token:
        page = _query(client, {"QueryString": statement, "NextToken": page.next_token})
        yield page


def _query(client: "TimestreamQueryClient", arguments: "QueryRequestTypeDef") -> _Page:
    return cast("dict[str, _Page]", client.query(**arguments))["Page"]


def _columns(page: _Page) -> dict[str, list[Any]]:
    """Decoded by column: looking up names and types row by row would take four times as long."""
    columns = zip(*(row.data for row in page.rows), strict=True)
    return {
        column.name: _decode(column, data) for column, data in zip(page.column_info, columns, strict=True)
    }


def _decode(column: _Column, data: Iterable[_Datum]) -> list[Any]:
    decode = _SCALARS[column.type.scalar_type]
    texts = [datum.scalar_value for datum in data]
    return [None if text is None else decode(text) for text in texts]


def _is_passing(error: ClientError) -> bool:
    """Whether the same query may well be answered later. A proxy's page has a status, but no code."""
    is_throttled = error.response["Error"]["Code"] == "ThrottlingException"
    return is_throttled or error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500


def _unknown_column(error: ClientError) -> str:
    """The column that Timestream says it does not know; empty if it refuses something else."""
    if error.response["Error"]["Code"] != "ValidationException":
        return ""
    named = re.search(r"Column '([^']+)' does not exist", error.response["Error"]["Message"])
    return named[1] if named else ""
