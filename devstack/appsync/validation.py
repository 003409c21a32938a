"""Validation of documents and variables against the schema. Errors have AppSync's (graphql-java's) texts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    ArgumentNode,
    ASTValidationRule,
    BooleanValueNode,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    FieldsOnCorrectTypeRule,
    FloatValueNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLSchema,
    IntValueNode,
    KnownArgumentNamesRule,
    KnownDirectivesRule,
    KnownFragmentNamesRule,
    KnownTypeNamesRule,
    Node,
    NoUndefinedVariablesRule,
    NoUnusedVariablesRule,
    NullValueNode,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    ProvidedRequiredArgumentsRule,
    ScalarLeafsRule,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    ValidationRule,
    ValuesOfCorrectTypeRule,
    VariableDefinitionNode,
    VariablesInAllowedPositionRule,
    Visitor,
    get_named_type,
    print_ast,
    specified_rules,
    type_from_ast,
    validate,
    visit,
)
from graphql.execution import get_variable_values

from devstack.appsync.errors import Error, request_error

Variables = Mapping[str, Any]


def document_errors(schema: GraphQLSchema, document: DocumentNode, *, can_introspect: bool) -> list[Error]:
    """The errors in `document`. Empty if it is valid."""
    rules = specified_rules if can_introspect else (*specified_rules, _IntrospectionIsOff)
    # One run of all rules is enough for a valid document. Otherwise each rule runs alone, to know its name.
    if not validate(schema, document, rules):
        return []
    places = _places(schema, document)
    return [
        request_error(_complaint(rule, error, places), error.nodes or ())
        for rule in rules
        for error in validate(schema, document, [rule])
    ]


def variable_errors(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Variables
) -> list[Error]:
    """The errors in the variables of `operation`. Empty if they are valid."""
    definitions = operation.variable_definitions or ()
    found = get_variable_values(schema, definitions, dict(variables))
    if not isinstance(found, list):
        return []
    wrong = [
        node for error in found for node in error.nodes or () if isinstance(node, VariableDefinitionNode)
    ]
    return [request_error(_variable_complaint(schema, node, variables), [node]) for node in wrong]


class _IntrospectionIsOff(ValidationRule):
    """With introspection off, AppSync reports each field of an introspection type as undefined."""

    def enter_field(self, node: FieldNode, *_args: Any) -> None:
        parent = self.context.get_parent_type()
        if parent and parent.name.startswith("__"):
            message = f"Cannot query field '{node.name.value}' on type '{parent.name}'."
            self.report_error(GraphQLError(message, node))


@dataclass(frozen=True, slots=True)
class _Place:
    """The place of a node in a document."""

    fields: tuple[str, ...]
    argument: str
    argument_type: str


class _Places(Visitor):
    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.found: dict[int, _Place] = {}
        self._types = types
        self._fields: list[str] = []
        self._argument = ("", "")

    def enter(self, node: Node, *_args: Any) -> None:
        if isinstance(node, FieldNode):
            self._fields.append(node.name.value)
        if isinstance(node, ArgumentNode) and (argument := self._types.get_argument()):
            self._argument = (node.name.value, str(get_named_type(argument.type)))
        self.found[id(node)] = _Place(tuple(self._fields), *self._argument)

    def leave(self, node: Node, *_args: Any) -> None:
        if isinstance(node, FieldNode):
            self._fields.pop()


def _places(schema: GraphQLSchema, document: DocumentNode) -> Mapping[int, _Place]:
    types = TypeInfo(schema)
    places = _Places(types)
    visit(document, TypeInfoVisitor(types, places))
    return places.found


def _complaint(rule: type[ASTValidationRule], error: GraphQLError, places: Mapping[int, _Place]) -> str:
    node = next(iter(error.nodes or ()), None)
    place = places.get(id(node), _Place((), "", ""))
    kind, text = _in_their_words(rule, error.message, node, place)
    where = f" @ '{'/'.join(place.fields)}'" if place.fields else ""
    return f"Validation error of type {kind}: {text}{where}"


def _in_their_words(
    rule: type[ASTValidationRule], message: str, node: Node | None, place: _Place
) -> tuple[str, str]:
    if rule is ValuesOfCorrectTypeRule and node:
        value = f"'{_value_text(node)}' is not a valid '{place.argument_type}'"
        return "WrongType", f"argument '{place.argument}' with value {value}"
    for kind, pattern, template in _WORDS.get(rule, ()):
        if found := re.search(pattern, message):
            return kind, found.expand(template)
    return rule.__name__.removesuffix("Rule"), message


def _value_text(node: Node) -> str:
    if type(node) not in _VALUES:
        return print_ast(node)
    return _VALUES[type(node)].format(getattr(node, "value", ""))


def _variable_complaint(schema: GraphQLSchema, node: VariableDefinitionNode, variables: Variables) -> str:
    name, type_name = node.variable.name.value, print_ast(node.type)
    value = variables.get(name)
    if value is None:
        return f"Variable '{name}' has coerced Null value for NonNull type '{type_name}'"
    kind = type_from_ast(schema, node.type)
    named = get_named_type(kind) if kind else None
    if isinstance(named, GraphQLEnumType):
        why = f"Invalid input for Enum '{named.name}'. No value found for name '{value}'"
        return f"Variable '{name}' has an invalid value. {why}"
    return f"Variable '{name}' has an invalid value. Expected type '{type_name}'."


_VALUES: Final[Mapping[type[Node], str]] = {
    BooleanValueNode: "BooleanValue{{value={}}}",
    EnumValueNode: "EnumValue{{name='{}'}}",
    FloatValueNode: "FloatValue{{value={}}}",
    IntValueNode: "IntValue{{value={}}}",
    NullValueNode: "NullValue{{}}",
    StringValueNode: "StringValue{{value='{}'}}",
}
_WORDS: Final[Mapping[type[ASTValidationRule], tuple[tuple[str, str, str], ...]]] = {
    FieldsOnCorrectTypeRule: (
        _FIELD_UNDEFINED := (
            "FieldUndefined",
            r"Cannot query field '(\w+)' on type '(\w+)'",
            r"Field '\1' in type '\2' is undefined",
        ),
    ),
    _IntrospectionIsOff: (_FIELD_UNDEFINED,),
    KnownArgumentNamesRule: (("UnknownArgument", r"Unknown argument '(\w+)'", r"Unknown field argument \1"),),
    KnownDirectivesRule: (("UnknownDirective", r"Unknown directive '@(\w+)'", r"Unknown directive \1"),),
    KnownFragmentNamesRule: (("UndefinedFragment", r"Unknown fragment '(\w+)'", r"Undefined fragment \1"),),
    KnownTypeNamesRule: (("UnknownType", r"Unknown type '(\w+)'", r"Unknown type \1"),),
    NoUndefinedVariablesRule: (("UndefinedVariable", r"'\$(\w+)'", r"Undefined variable \1"),),
    NoUnusedVariablesRule: (("UnusedVariable", r"'\$(\w+)'", r"Unused variable \1"),),
    OverlappingFieldsCanBeMergedRule: (
        ("FieldsConflict", r"Fields '(\w+)' conflict because (.*?)\.", r"\1: \2"),
    ),
    ProvidedRequiredArgumentsRule: (("MissingFieldArgument", r"\((\w+):\)", r"Missing field argument \1"),),
    ScalarLeafsRule: (
        (
            "SubSelectionRequired",
            r"Field '(\w+)' of type '(.+?)' must",
            r"Sub selection required for type \2 of field \1",
        ),
        (
            "SubSelectionNotAllowed",
            r"Field '(\w+)' must not .* type '(.+?)' has",
            r"Sub selection not allowed on leaf type \2 of field \1",
        ),
    ),
    VariablesInAllowedPositionRule: (
        (
            "VariableTypeMismatch",
            r"of type '(.+?)' used in position expecting type '(.+?)'",
            r"Variable type '\1' doesn't match expected type '\2'",
        ),
    ),
}
