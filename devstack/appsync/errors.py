"""Errors in the form in which AppSync sends them."""

import logging
from collections.abc import Iterable, Sequence
from typing import Any, Final

from graphql import GraphQLError, Node, get_location

Path = Sequence[str | int]
Error = dict[str, Any]
"""An error in a response. AppSync's own keys are beside those of GraphQL, not in `extensions`."""


class FieldError(Exception):
    """A field has no value. The message tells the client why."""

    def __init__(self, error_type: str, message: str, *, data: Any = None, error_info: Any = None) -> None:
        super().__init__(message)
        self.error_type, self.data, self.error_info = error_type, data, error_info


class CompletionError(Exception):
    """A value does not fit the schema. AppSync names only the path, not the place in the query."""


def refusal(error_type: str, message: str) -> dict[str, list[Error]]:
    """The body of the response to a request that is refused as a whole."""
    return {"errors": [{"errorType": error_type, "message": message}]}


def request_error(message: str, nodes: Iterable[Node] = ()) -> Error:
    """An error in a document or its variables, found before it is executed."""
    return {"path": None, "locations": _locations(nodes), "message": message}


def to_error(error: GraphQLError) -> Error:
    """An error in a field that was executed."""
    original = error.original_error
    if isinstance(original, CompletionError):
        return {"path": error.path, "locations": None, "message": error.message}
    if not isinstance(original, FieldError):
        log.error("A bug in the local AppSync", exc_info=original)
        original = FieldError("InternalFailure", "An internal error occurred.")
    return field_error(original, error.path or (), error.nodes or ())


def field_error(error: FieldError, path: Path, nodes: Iterable[Node]) -> Error:
    """An error of a resolver, from `util.error` or a similar function."""
    return {
        "path": list(path),
        "data": error.data,
        "errorType": error.error_type,
        "errorInfo": error.error_info,
        "locations": _locations(nodes),
        "message": str(error),
    }


def path_text(path: Path) -> str:
    """A path as in AppSync's messages, such as `/getAnalyticsData/dataset[0]/series`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f"/{step}" for step in path)


def _locations(nodes: Iterable[Node]) -> list[dict[str, Any]]:
    found = [get_location(node.loc.source, node.loc.start) for node in nodes if node.loc]
    return [{"line": each.line, "column": each.column, "sourceName": None} for each in found[:1]]


log: Final = logging.getLogger(__name__)
