"""Execution of requests in the local AppSync: limits, errors, values and pipelines."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from devstack.appsync.callers import Caller
from devstack.appsync.declaration import Api, Function, HttpSource, Resolver, UserPool
from devstack.appsync.execution import Answered, Asked, Engine
from devstack.appsync.http_source import SourceError
from devstack.appsync.syntax import Code, parse_code

SCHEMA = """
enum Word { One Two }
type Thing {
  text: String! number: Float whole: Int yes: Boolean id: ID word: Word things: [Thing!]! below: Thing
  secret: String @aws_cognito_user_pools(cognito_groups: ["admins"])
  key: String @aws_api_key
}
type Hidden @aws_cognito_user_pools(cognito_groups: ["admins"]) { text: String }
type Query { thing(value: String, word: Word, list: [Int!]): Thing hidden: Hidden must: Thing! }
"""
POOL = UserPool("eu-west-1_a", "eu-west-1", "ALLOW")
CLAIMS = {"sub": "s", "iss": POOL.issuer, "cognito:username": "u", "cognito:groups": ["g"]}


class NoSources:
    """Data sources that cannot be reached."""

    async def call(self, source: HttpSource, asked: Any, seconds: float) -> dict[str, Any]:
        raise SourceError("Nothing", f"{source.name} is not there")


def code(request: str = "return {};", response: str = "return ctx.result;") -> Code:
    return parse_code(
        "code.js",
        f"export function request(ctx) {{ {request} }}\nexport function response(ctx) {{ {response} }}",
    )


def unit(response: str, request: str = "return {};") -> Resolver:
    return Resolver((Function(code(request, response), None),), None)


def api(resolver: Resolver) -> Api:
    names = [("Query", "thing"), ("Query", "hidden"), ("Query", "must")]
    return Api(SCHEMA, dict.fromkeys(names, resolver), {"A": "env"}, POOL, False, 75, 10_000)


def ask(
    declared: Api, query: str, variables: dict[str, Any] | None = None, operation: str | None = None
) -> Answered:
    asked = Asked(query, variables or {}, operation, Caller(CLAIMS, ("127.0.0.1",)), {"x-a": "b"})
    return asyncio.run(Engine(declared, NoSources()).run(asked))


def messages(answered: Answered) -> list[str]:
    return [error["message"] for error in answered.errors]


THING = unit("return { text: 'a', number: 1, things: [], below: { text: 'b', things: [], below: null } };")

VALIDATION = [
    ("{ nothing }", "FieldUndefined: Field 'nothing' in type 'Query' is undefined @ 'nothing'"),
    (
        "{ thing { nothing } }",
        "FieldUndefined: Field 'nothing' in type 'Thing' is undefined @ 'thing/nothing'",
    ),
    ("{ thing(no: 1) { text } }", "UnknownArgument: Unknown field argument no @ 'thing'"),
    (
        "{ thing(word: Three) { text } }",
        "WrongType: argument 'word' with value 'EnumValue{name='Three'}' is not a valid 'Word' @ 'thing'",
    ),
    (
        "{ thing(value: 1) { text } }",
        "WrongType: argument 'value' with value 'IntValue{value=1}' is not a valid 'String' @ 'thing'",
    ),
    ("{ thing }", "SubSelectionRequired: Sub selection required for type Thing of field thing @ 'thing'"),
    (
        "{ thing { text { a } } }",
        "SubSelectionNotAllowed: Sub selection not allowed on leaf type String! of field text @ 'thing/text'",
    ),
    ("query ($a: None) { thing(value: $a) { text } }", "UnknownType: Unknown type None"),
    ("query ($a: Int) { thing { text } }", "UnusedVariable: Unused variable a"),
    ("{ thing(value: $a) { text } }", "UndefinedVariable: Undefined variable a @ 'thing'"),
    ("{ thing { ...F } }", "UndefinedFragment: Undefined fragment F @ 'thing'"),
    ("{ thing @no { text } }", "UnknownDirective: Unknown directive no @ 'thing'"),
    (
        "{ __schema { types { name } } }",
        "FieldUndefined: Field 'types' in type '__Schema' is undefined @ '__schema/types'",
    ),
]


@pytest.mark.parametrize(("query", "message"), VALIDATION)
def test_validation_errors_have_appsyncs_texts(query: str, message: str) -> None:
    answered = ask(api(THING), query)
    assert answered.data is None
    assert f"Validation error of type {message}" in messages(answered)
    assert all(error["path"] is None for error in answered.errors)


VARIABLES = [
    ("Word!", {}, "Variable 'v' has coerced Null value for NonNull type 'Word!'"),
    (
        "Word",
        {"v": "Three"},
        "Variable 'v' has an invalid value. Invalid input for Enum 'Word'. No value found for name 'Three'",
    ),
]


@pytest.mark.parametrize(("kind", "given", "message"), VARIABLES)
def test_variables_are_checked(kind: str, given: dict[str, Any], message: str) -> None:
    answered = ask(api(THING), f"query ($v: {kind}) {{ thing(word: $v) {{ text }} }}", given)
    assert (answered.data, messages(answered)) == (None, [message])


def test_an_operation_is_chosen_by_name() -> None:
    query = "query A { thing { text } } query B { thing { number } }"
    assert ask(api(THING), query, operation="B").data == {"thing": {"number": 1.0}}
    assert messages(ask(api(THING), query, operation="C")) == ["Unknown operation named 'C'."]
    assert ask(api(THING), query).data is None


def test_a_field_deeper_than_the_limit_is_null() -> None:
    declared = replace(api(THING), depth_limit=2)
    answered = ask(declared, "{ thing { number below { number } } }")

    assert answered.data == {"thing": {"number": 1.0, "below": {"number": None}}}
    (error,) = answered.errors
    assert (error["errorType"], error["path"]) == ("QueryDepthLimitReached", ["thing", "below", "number"])


def test_a_resolver_above_the_limit_does_not_run() -> None:
    declared = replace(api(THING), resolver_limit=2)
    answered = ask(declared, "{ a: thing { text } b: thing { text } c: thing { text } }")

    assert answered.data == {"a": {"text": "a"}, "b": {"text": "a"}, "c": None}
    (error,) = answered.errors
    assert (error["errorType"], error["path"]) == ("ResolverExecutionLimitReached", ["c"])


UNFIT = [
    (
        "{ text: null, things: [] }",
        "text",
        "Cannot return null for non-nullable type: 'String' within parent 'Thing' (/thing/text)",
    ),
    (
        "{ text: 5 }",
        "text",
        "Can't serialize value (/thing/text) : Expected type 'String' but was 'Integer'.",
    ),
    (
        "{ number: '3' }",
        "number",
        "Can't serialize value (/thing/number) : Expected type 'Float' but was 'String'.",
    ),
    (
        "{ whole: 1.5 }",
        "whole",
        "Can't serialize value (/thing/whole) : Expected type 'Int' but was 'Double'.",
    ),
    (
        "{ whole: 3000000000 }",
        "whole",
        "Can't serialize value (/thing/whole) : Expected type 'Int' but was 'Integer'.",
    ),
    ("{ yes: 1 }", "yes", "Can't serialize value (/thing/yes) : Expected type 'Boolean' but was 'Integer'."),
    ("{ id: 1 }", "id", "Can't serialize value (/thing/id) : Expected type 'ID' but was 'Integer'."),
    (
        "{ number: true }",
        "number",
        "Can't serialize value (/thing/number) : Expected type 'Float' but was 'Boolean'.",
    ),
    (
        "{ word: 'Three' }",
        "word",
        (
            "Can't serialize value (/thing/word) :"
            " Invalid input for Enum 'Word'. No value found for name 'Three'."
        ),
    ),
    (
        "{ things: [{ text: 'a' }, { text: null }] }",
        "things { text }",
        "Cannot return null for non-nullable type: 'String' within parent 'Thing' (/thing/things[1]/text)",
    ),
    (
        "{ things: [null] }",
        "things { text }",
        "Cannot return null for non-nullable type: 'Thing' within parent 'Thing' (/thing/things[0])",
    ),
]


@pytest.mark.parametrize(("value", "asked", "message"), UNFIT)
def test_a_value_that_does_not_fit_the_schema_is_an_error(value: str, asked: str, message: str) -> None:
    answered = ask(api(unit(f"return {value};")), f"{{ thing {{ {asked} }} }}")
    (error,) = answered.errors
    assert (error["message"], error["locations"]) == (message, None)


def test_null_replaces_the_nearest_nullable_parent() -> None:
    answered = ask(api(unit("return null;")), "{ thing { text } must { text } }")
    assert answered.data is None
    assert messages(answered) == [
        "Cannot return null for non-nullable type: 'Thing' within parent 'Query' (/must)"
    ]


@pytest.mark.parametrize("field", ["thing { secret }", "thing { key }", "hidden { text }"])
def test_a_directive_refuses_other_callers(field: str) -> None:
    answered = ask(api(unit("return { secret: 'a', key: 'b', text: 'c' };")), f"{{ {field} }}")
    (error,) = answered.errors
    assert (error["errorType"], error["message"][:24]) == ("Unauthorized", "Not Authorized to access")


def test_a_pool_can_deny_fields_without_a_directive() -> None:
    declared = replace(api(THING), user_pool=replace(POOL, default_action="DENY"))
    answered = ask(declared, "{ thing { text } }")
    assert (answered.data, answered.errors[0]["errorType"]) == ({"thing": None}, "Unauthorized")


def test_the_data_of_an_error_has_only_the_selected_fields() -> None:
    raising = unit("util.error('m', 'T', { text: 'a', number: 1 }, { number: 2 });")
    answered = ask(api(raising), "{ thing { text } }")
    assert answered.errors == [
        {
            "path": ["thing"],
            "data": {"text": "a"},
            "errorType": "T",
            "errorInfo": {"number": 2},
            "locations": [{"line": 1, "column": 3, "sourceName": None}],
            "message": "m",
        }
    ]


def test_an_appended_error_keeps_the_value() -> None:
    answered = ask(
        api(unit("util.appendError('m', 'T'); util.http.addResponseHeader('x', 'y'); return { text: 'a' };")),
        "{ thing { text } }",
    )
    assert answered.data == {"thing": {"text": "a"}}
    assert [(error["path"], error["errorType"]) for error in answered.errors] == [(["thing"], "T")]
    assert answered.headers == {"x": "y"}


def test_a_runtime_error_does_not_reveal_its_cause() -> None:
    answered = ask(api(unit("return ctx.a.b;")), "{ thing { text } }")
    assert [(error["errorType"], error["message"]) for error in answered.errors] == [
        ("Code", "Runtime Error")
    ]


def test_the_context_has_all_documented_fields() -> None:
    names = "args arguments env identity info prev request result source stash error"
    lookups = ", ".join(f"{name}: ctx.{name}" for name in names.split())
    declared = api(unit(f"util.error('m', 'T', null, {{ {lookups} }});", "return { payload: 1 };"))
    query = "query ($v: String) { thing(value: $v) { text below { ...F } } } fragment F on Thing { number }"
    found = ask(declared, query, {"v": "w"}).errors[0]["errorInfo"]

    assert found == {
        "args": {"value": "w"},
        "arguments": {"value": "w"},
        "env": {"A": "env"},
        "identity": {
            "sub": "s",
            "issuer": POOL.issuer,
            "username": "u",
            "claims": CLAIMS,
            "sourceIp": ["127.0.0.1"],
            "defaultAuthStrategy": "ALLOW",
            "groups": ["g"],
        },
        "info": {
            "fieldName": "thing",
            "parentTypeName": "Query",
            "variables": {"v": "w"},
            "selectionSetList": ["text", "below", "below/number"],
            "selectionSetGraphQL": "{\n  text\n  below {\n    ...F\n  }\n}",
        },
        "prev": None,
        "request": {"headers": {"x-a": "b"}, "domainName": None},
        "result": 1,
        "source": None,
        "stash": {},
        "error": None,
    }


def pipeline(before: str, *functions: str) -> Resolver:
    made = tuple(
        Function(code(request, "return [ctx.prev.result, ctx.result];"), None) for request in functions
    )
    return Resolver(made, code(before, "util.error('m', 'T', null, [ctx.prev.result, ctx.stash]);"))


PIPELINES: list[tuple[Resolver, Any]] = [
    (pipeline("return 'a';"), ["a", {}]),
    (pipeline("return 'a';", "return { payload: 'b' };"), [["a", "b"], {}]),
    (pipeline("return 'a';", "return { payload: 1 };", "return { payload: 2 };"), [[["a", 1], 2], {}]),
    (pipeline("ctx.stash.x = 1;", "ctx.stash.y = ctx.stash.x + 1;"), [[None, None], {"x": 1, "y": 2}]),
    (pipeline("runtime.earlyReturn('a');", "util.error('not reached');"), ["a", {}]),
    (pipeline("return 'a';", "runtime.earlyReturn('b');", "return { payload: 'c' };"), [["b", "c"], {}]),
    (pipeline("return 1;", "runtime.earlyReturn(2, { skipTo: 'END' });", "util.error('no');"), [2, {}]),
]


@pytest.mark.parametrize(("resolver", "expected"), PIPELINES)
def test_each_step_of_a_pipeline_gets_the_previous_result(resolver: Resolver, expected: Any) -> None:
    (error,) = ask(api(resolver), "{ thing { text } }").errors
    assert error["errorInfo"] == expected


def test_the_response_handler_gets_the_error_of_an_unreachable_source() -> None:
    function = Function(
        code(response="util.error(ctx.error.type, null, null, ctx.result);"), HttpSource("s", "", None)
    )
    (error,) = ask(api(Resolver((function,), None)), "{ thing { text } }").errors
    assert (error["message"], error["errorInfo"]) == ("Nothing", None)
