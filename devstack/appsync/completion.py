"""Completion of values as in AppSync: values are not converted, and an error names the path of the value."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from graphql import GraphQLEnumType, GraphQLOutputType, GraphQLResolveInfo, is_leaf_type, is_non_null_type
from graphql.execution import Executor
from graphql.pyutils import Path

from devstack.appsync.errors import CompletionError, path_text


class StrictExecutor(Executor[Any]):
    """The executor of graphql-core, with AppSync's errors. It is stricter about scalars than both.

    graphql-core converts "3" to a Float and 5 to a String. AppSync refuses some of these values ("Can't
    serialize value"), and its documentation does not promise any. So a value that is accepted here is
    accepted on AWS.
    """

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: Any,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """The value for the response, or an awaitable of it."""
        rest = (field_details_list, info, path, result, position_context)
        if is_non_null_type(return_type):
            completed = self.complete_value(return_type.of_type, *rest)
            if completed is None:
                raise CompletionError(_null(return_type.of_type, info, path))
            return completed
        # Introspection fields (`__...`) are answered by graphql-core itself.
        is_ours = not info.parent_type.name.startswith("__")
        if is_ours and result is not None and is_leaf_type(return_type):
            why = _mismatch(return_type, result)
            if why:
                raise CompletionError(f"Can't serialize value ({path_text(path.as_list())}) : {why}")
        return super().complete_value(return_type, *rest)


def _null(expected: GraphQLOutputType, info: GraphQLResolveInfo[Any], path: Path) -> str:
    parent, where = info.parent_type.name, path_text(path.as_list())
    return f"Cannot return null for non-nullable type: '{expected}' within parent '{parent}' ({where})"


def _mismatch(expected: Any, value: Any) -> str | None:
    if isinstance(expected, GraphQLEnumType):
        known = isinstance(value, str) and value in expected.values
        return (
            None if known else f"Invalid input for Enum '{expected.name}'. No value found for name '{value}'."
        )
    fits = _FITS.get(expected.name, lambda _: True)
    return None if fits(value) else f"Expected type '{expected.name}' but was '{_JAVA[type(value)]}'."


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_FITS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "Boolean": lambda value: isinstance(value, bool),
    "Float": _is_number,
    "ID": lambda value: isinstance(value, str),
    "Int": lambda value: _is_number(value) and value == int(value) and -(2**31) <= value < 2**31,
    "String": lambda value: isinstance(value, str),
}
_JAVA: Final[Mapping[type, str]] = {
    bool: "Boolean",
    dict: "Map",
    float: "Double",
    int: "Integer",
    list: "List",
    str: "String",
}
