"""What a request asks of a field: its selection set, as `ctx.info` has it."""

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
    """`selectionSetList`: the path of every field below this one, such as `dataset/series`; no aliases."""
    paths = (path for node in info.field_nodes for path in _paths(node.selection_set, info, ""))
    return list(dict.fromkeys(paths))


def selection_text(info: GraphQLResolveInfo[Any]) -> str:
    """`selectionSetGraphQL`: the selection set as it was written."""
    return "\n".join(print_ast(node.selection_set) for node in info.field_nodes if node.selection_set)


def selected(value: Any, paths: Sequence[str], above: str = "") -> Any:
    """`value` without what is not in the selection `paths`: what becomes of an error's `data`."""
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
