"""Finds JavaScript that APPSYNC_JS does not support, before the code of a resolver runs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Final

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

from devstack.errors import DevstackError

MOST_CODE_CHARACTERS: Final = 32_768
"""AppSync's API reference: the length constraint of `code`."""


class CodeError(DevstackError):
    """AppSync would refuse this code. The message says where and why."""


@dataclass(frozen=True, slots=True)
class Code:
    """The checked code of a resolver or a function."""

    name: str
    script: str
    """The text with spaces in place of `import` and `export`: imported names are globals here."""
    request: str
    response: str
    """The names of the two handlers in the script."""


def parse_code(name: str, text: str) -> Code:
    """The code of the file `name`.

    The rules are those of AppSync's developer guide, "Supported runtime features", and of AWS's own lint
    rules (@aws-appsync/eslint-plugin). Raises CodeError for the first broken rule, with file, line and
    column.
    """
    if len(text) > MOST_CODE_CHARACTERS:
        raise CodeError(f"{name} has more than {MOST_CODE_CHARACTERS} characters.")
    root = _PARSER.parse(text.encode()).root_node
    for node in _walk(root):
        if fault := _fault(node):
            raise CodeError(f"{name}:{_position(node)}: APPSYNC_JS {fault}.")
    if cycle := _recursion(root):
        raise CodeError(f"{name}: APPSYNC_JS does not support recursion: {' calls '.join(cycle)}.")
    exports = dict(_exports(root))
    if missing := {"request", "response"} - exports.keys():
        raise CodeError(f"{name} does not export {' and '.join(sorted(missing))}.")
    return Code(name, _to_script(text, root), exports["request"], exports["response"])


def _fault(node: Node) -> str | None:
    if node.is_error or node.is_missing:
        return "cannot parse this"
    if node.is_named and node.type in _LACKS:  # an unnamed node is a keyword, such as `import`
        return f"has no {_LACKS[node.type]}"
    check = _CHECKS.get(node.type)
    return check(node) if check else None


def _check_import(node: Node) -> str | None:
    source = node.child_by_field_name("source")
    return None if source and _text(source)[1:-1] == _UTILS else f"can import only {_UTILS}"


def _check_export(node: Node) -> str | None:
    is_named = node.child_by_field_name("source") is None and all(
        child.type != "default" for child in node.children
    )
    return None if is_named else "can export only what the file declares, by name"


def _check_specifier(node: Node) -> str | None:
    # An alias would have to be defined in the script, and would hide a mistake.
    name = node.child_by_field_name("name")
    alias = node.child_by_field_name("alias")
    known = name and not alias and _text(name) in _GLOBALS
    return None if known else f"can import only {', '.join(_GLOBALS)}, without other names for them"


def _check_operator(node: Node) -> str | None:
    operator = node.child_by_field_name("operator")
    found = _text(operator) if operator else ""
    return f"has no operator {found}" if found in _LACKS_OPERATORS else None


def _check_new(node: Node) -> str | None:
    constructor = node.child_by_field_name("constructor")
    found = _text(constructor) if constructor else ""
    return None if found == "Date" else f"has no new {found}"


def _check_function(node: Node) -> str | None:
    return "has no async functions" if any(child.type == "async" for child in node.children) else None


def _check_call(node: Node) -> str | None:
    """Only methods of arrays can be called with a function."""
    callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if callee is None or arguments is None or callee.type == "member_expression":
        return None
    passed = any(argument.type in _FUNCTIONS for argument in arguments.named_children)
    return "can pass functions only to methods of arrays" if passed else None


def _check_return(node: Node) -> str | None:
    returned = any(child.type in _FUNCTIONS for child in node.named_children)
    return "cannot return functions" if returned else None


def _check_for(node: Node) -> str | None:
    return "has no for await" if any(child.type == "await" for child in node.children) else None


_UTILS: Final = "@aws-appsync/utils"
_GLOBALS: Final = ("util", "runtime", "extensions")
_FUNCTIONS: Final = frozenset({"function_expression", "arrow_function"})
_LACKS_OPERATORS: Final = frozenset({"~", "in", "instanceof"})
_LACKS: Final[Mapping[str, str]] = {
    "await_expression": "await",
    "class": "classes",
    "class_declaration": "classes",
    "continue_statement": "continue",
    "debugger_statement": "debugger",
    "do_statement": "do-while",
    "for_statement": "for(;;)",
    "generator_function": "generators",
    "generator_function_declaration": "generators",
    "import": "import()",
    "labeled_statement": "labels",
    "namespace_import": "import of a whole module",
    "regex": "regular expression literals",
    "this": "this",
    "throw_statement": "throw",
    "try_statement": "try",
    "update_expression": "++ and --",
    "while_statement": "while",
    "with_statement": "with",
    "yield_expression": "yield",
}
_CHECKS: Final[Mapping[str, Callable[[Node], str | None]]] = {
    "arrow_function": _check_function,
    "binary_expression": _check_operator,
    "call_expression": _check_call,
    "export_statement": _check_export,
    "for_in_statement": _check_for,
    "function_declaration": _check_function,
    "function_expression": _check_function,
    "import_specifier": _check_specifier,
    "import_statement": _check_import,
    "method_definition": _check_function,
    "new_expression": _check_new,
    "return_statement": _check_return,
    "unary_expression": _check_operator,
}


def _recursion(root: Node) -> list[str]:
    """The names of functions that call each other in a circle. Empty if there is no circle."""
    bodies = dict(_named_functions(root))
    calls = {name: {called for called in _calls(body) if called in bodies} for name, body in bodies.items()}
    try:
        TopologicalSorter(calls).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def _named_functions(root: Node) -> Iterator[tuple[str, Node]]:
    for node in _walk(root):
        name = node.child_by_field_name("name")
        value = node.child_by_field_name("value")
        if name and (node.type == "function_declaration" or (value and value.type in _FUNCTIONS)):
            yield _text(name), node


def _calls(function: Node) -> Iterator[str]:
    for node in _walk(function):
        if node.type == "call_expression" and (called := node.child_by_field_name("function")):
            yield _text(called)


def _exports(root: Node) -> Iterator[tuple[str, str]]:
    """The exported names: as others see each, and as it is called in the module."""
    for node in _statements(root, "export_statement"):
        yield from ((name, name) for name, _ in _named_functions(node))
        for each in _walk(node):
            name = each.child_by_field_name("name")
            if each.type == "export_specifier" and name:
                yield _text(each.child_by_field_name("alias") or name), _text(name)


def _to_script(text: str, root: Node) -> str:
    encoded = bytearray(text.encode())
    for node in (*_statements(root, "import_statement"), *_statements(root, "export_statement")):
        declared = node.child_by_field_name("declaration")
        end = declared.start_byte if declared else node.end_byte
        kept = (byte if byte == ord("\n") else ord(" ") for byte in encoded[node.start_byte : end])
        encoded[node.start_byte : end] = bytes(kept)
    return encoded.decode()


def _statements(root: Node, kind: str) -> list[Node]:
    return [node for node in root.named_children if node.type == kind]


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _text(node: Node) -> str:
    return (node.text or b"").decode()


def _position(node: Node) -> str:
    line, column = node.start_point
    return f"{line + 1}:{column + 1}"


_PARSER: Final = Parser(Language(tree_sitter_javascript.language()))
