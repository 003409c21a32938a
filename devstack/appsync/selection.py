"""The selection set of a field, as in `ctx.info`."""

from collections.abc import Iterator, Sequence
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLResolveInfo,
    InlineFragmentNode,
    SelectionSetNode,
    print_ast,
)


def selection(info: GraphQLResolveInfo[Any]) -> list[str]:
    """The `selectionSetList`: the path of each field below this one, such as `dataset/series`. No aliases."""
    paths = (path for node in info.field_nodes for path in _paths(node.selection_set, info, ""))
    return list(dict.fromkeys(paths))


def selection_text(info: GraphQLResolveInfo[Any]) -> str:
    """The `selectionSetGraphQL`: the selection set as GraphQL."""
    return "\n".join(print_ast(node.selection_set) for node in info.field_nodes if node.selection_set)


def selected(value: Any, paths: Sequence[str], above: str = "") -> Any:
    """`value` without the fields that are not in `paths`. AppSync cuts the `data` of an error like this."""
    if isinstance(value, list):
        return [selected(each, paths, above) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: selected(each, paths, f"{above}{name}/")
        for name, each in value.items()
        if f"{above}{name}" in paths
    }


def _paths(chosen: SelectionSetNode | None, info: GraphQLResolveInfo[Any], above: str) -> Iterator[str]:
    for node in chosen.selections if chosen else ():
        if isinstance(node, FieldNode):
            path = f"{above}{node.name.value}"
            yield path
            yield from _paths(node.selection_set, info, f"{path}/")
        elif isinstance(node, InlineFragmentNode):
            yield from _paths(node.selection_set, info, above)
        elif isinstance(node, FragmentSpreadNode):
            yield from _paths(info.fragments[node.name.value].selection_set, info, above)
