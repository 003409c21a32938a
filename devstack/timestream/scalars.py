"""Calls of scalar functions, and the functions that need a literal or a lambda as an argument."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from devstack.timestream.casts import BIGINT, DATE, DURATION, MONTHS, TIME, TIMESTAMP, VARCHAR, adapt, text_of
from devstack.timestream.datatypes import Array, Row, Scalar, TimeSeries, Type, point
from devstack.timestream.errors import ValidationError
from devstack.timestream.formats import from_joda, from_mysql, read, written
from devstack.timestream.functions import SCALAR
from devstack.timestream.literals import UNITS, duration
from devstack.timestream.overloads import operator, resolve, unexpected
from devstack.timestream.scope import Context, Expression, string


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function. Its arguments are not compiled yet."""

    name: str
    node: exp.Expr
    arguments: Sequence[exp.Expr]
    context: Context

    def argument(self, i: int) -> Expression:
        """The ith argument, compiled."""
        return self.context.expression(self.arguments[i])

    def literal(self, i: int) -> str:
        """The ith argument, which must be a string literal here."""
        value = self.argument(i)
        if value.text is None:
            raise self.error(f"{self.name} takes its format or unit as a literal")
        return value.text

    def adapted(self, i: int, *kinds: Type) -> Expression:
        """The ith argument as the first of the types that it fits. A string takes the last, the widest."""
        value = self.argument(i)
        for kind in kinds if value.text is None else reversed(kinds):
            if fit := adapt(value, kind, self.context):
                return fit[1]
        raise unexpected(self.name, [value], self.node, self.context)

    def body(self, i: int, *parameters: Type) -> tuple[str, Expression]:
        """The ith argument, a lambda: DuckDB's names for its parameters, and its result."""
        node = self.arguments[i]
        if not isinstance(node, exp.Lambda) or len(node.expressions) != len(parameters):
            raise self.error(f"{self.name} takes a lambda of {len(parameters)} here")
        names = [self.context.alias("p") for _ in parameters]
        values = {
            parameter.name.lower(): Expression(name, kind)
            for parameter, name, kind in zip(node.expressions, names, parameters, strict=True)
        }
        scope = self.context.scope
        inner = self.context.within(replace(scope, lambdas={**scope.lambdas, **values}))
        return ", ".join(names), inner.expression(node.this)

    def error(self, message: str) -> ValidationError:
        """An error at the position of this call."""
        return self.context.error(self.node, message)


def scalar(call: Call) -> Expression:
    """Compile a call of a scalar function. Raises ValidationError if the function does not exist."""
    special = _SPECIAL.get((call.name, len(call.arguments))) or _SPECIAL.get((call.name, -1)) or _ordinary
    return special(call)


def _ordinary(call: Call) -> Expression:
    arguments = [call.argument(i) for i in range(len(call.arguments))]
    return resolve(SCALAR, call.name, arguments, call.node, call.context)


def _typeof(call: Call) -> Expression:
    return Expression(string(str(call.argument(0).type)), VARCHAR)


def _parse_duration(call: Call) -> Expression:
    value = call.argument(0)
    if value.text is None:
        return _ordinary(call)
    interval = duration(value.text)
    if interval is None:
        raise call.error(f"Invalid duration: {value.text}")
    return interval


def _unit(call: Call) -> str:
    unit = call.literal(0).lower()
    if unit not in UNITS:
        raise call.error(f"'{unit}' is not a valid TIMESTAMP field")
    return unit


def _date_trunc(call: Call) -> Expression:
    unit, moment = _unit(call), call.adapted(1, TIME, DATE, TIMESTAMP)
    if moment.type == TIME:
        size = _fixed(call, unit)
        return Expression(f"({moment.sql} // {size} * {size})", TIME)
    if moment.type == DATE:
        return Expression(f"CAST(date_trunc('{unit}', {moment.sql}) AS DATE)", DATE)
    return Expression(_truncated(moment.sql, unit), TIMESTAMP)


def _truncated(moment: str, unit: str) -> str:
    size, months = UNITS[unit]
    if unit == "week":
        return f"ts_monday({moment})"
    if months:
        return f"CAST(date_trunc('{unit}', ts_micros({moment})) AS TIMESTAMP_NS)"
    return f"ts_floor({moment}, {size})"


def _date_add(call: Call) -> Expression:
    unit, count = _unit(call), call.adapted(1, BIGINT)
    moment = call.adapted(2, TIME, DATE, TIMESTAMP)
    size, months = UNITS[unit]
    kind = MONTHS if months else DURATION
    interval = Expression(f"({count.sql} * {months or size})", kind)
    return operator("+", [moment, interval], call.node, call.context)


def _date_diff(call: Call) -> Expression:
    """Whole units from one moment to the other, as in Trino; DuckDB's date_diff counts boundaries."""
    unit = _unit(call)
    if call.argument(1).type == TIME:
        size = _fixed(call, unit)
        return Expression(f"(({call.adapted(2, TIME).sql} - {call.adapted(1, TIME).sql}) // {size})", BIGINT)
    start, end = call.adapted(1, TIMESTAMP), call.adapted(2, TIMESTAMP)
    size, months = UNITS[unit]
    if months:
        return Expression(f"(ts_months_between({start.sql}, {end.sql}) // {months})", BIGINT)
    return Expression(f"((epoch_ns({end.sql}) - epoch_ns({start.sql})) // {size})", BIGINT)


def _fixed(call: Call, unit: str) -> int:
    if unit not in ("hour", "minute", "second"):
        raise call.error(f"'{unit}' is not a valid TIME field")
    return UNITS[unit][0]


def _formatted(convert: Callable[[str], str]) -> Callable[[Call], Expression]:
    def function(call: Call) -> Expression:
        moment = call.adapted(0, TIMESTAMP)
        return Expression(written(moment.sql, _layout(call, convert)), VARCHAR)

    return function


def _parsed(convert: Callable[[str], str]) -> Callable[[Call], Expression]:
    def function(call: Call) -> Expression:
        return Expression(read(call.adapted(0, VARCHAR).sql, _layout(call, convert)), TIMESTAMP)

    return function


def _layout(call: Call, convert: Callable[[str], str]) -> str:
    try:
        return convert(call.literal(1))
    except ValueError as error:
        raise call.error(str(error)) from None


def _array_join(call: Call) -> Expression:
    values = call.argument(0)
    if not isinstance(values.type, Array):
        raise unexpected(call.name, [values], call.node, call.context)
    name = call.context.alias("e")
    text = text_of(Expression(name, values.type.element), call.node, call.context).sql
    if len(call.arguments) == 3:
        text = f"coalesce({text}, {call.adapted(2, VARCHAR).sql})"
    texts = (
        f"list_filter(list_transform({values.sql}, lambda {name}: {text}), lambda {name}: {name} IS NOT NULL)"
    )
    return Expression(f"ts_join({texts}, {call.adapted(1, VARCHAR).sql})", VARCHAR)


def _row(call: Call) -> Expression:
    members = [call.argument(i) for i in range(len(call.arguments))]
    if not members:
        raise unexpected(call.name, members, call.node, call.context)
    fields = ", ".join(f"f{i} := {member.sql}" for i, member in enumerate(members))
    return Expression(f"struct_pack({fields})", Row(tuple((None, member.type) for member in members)))


def _zip(call: Call) -> Expression:
    arrays = [call.argument(i) for i in range(len(call.arguments))]
    elements = [array.type.element for array in arrays if isinstance(array.type, Array)]
    if len(elements) < len(arrays):
        raise unexpected(call.name, arrays, call.node, call.context)
    index = call.context.alias("i")
    members = ", ".join(f"f{i} := ({array.sql})[{index}]" for i, array in enumerate(arrays))
    longest = ", ".join(f"len({array.sql})" for array in arrays)
    sql = f"list_transform(range(1, greatest({longest}) + 1), lambda {index}: struct_pack({members}))"
    missing = " OR ".join(f"{array.sql} IS NULL" for array in arrays)
    kind = Array(Row(tuple((None, element) for element in elements)))
    return Expression(f"CASE WHEN {missing} THEN NULL ELSE {sql} END", kind)


def _filter(call: Call) -> Expression:
    values = call.argument(0)
    names, condition = call.body(1, _item(call, values))
    if condition.type not in (Scalar.BOOLEAN, Scalar.UNKNOWN):
        raise unexpected(call.name, [values, condition], call.node, call.context)
    return Expression(f"list_filter({values.sql}, lambda {names}: {condition.sql})", values.type)


def _reduce(call: Call) -> Expression:
    values, initial = call.argument(0), call.argument(1)
    item = _item(call, values)
    state = initial.type
    names, step = call.body(2, state, item)
    if adapted := adapt(step, state, call.context):
        step = adapted[1]
    elif wider := adapt(initial, step.type, call.context):
        # Trino would refuse it; AWS's own example adds doubles to an initial 0.
        initial, state = wider[1], step.type
        names, step = call.body(2, state, item)
    else:
        raise unexpected(call.name, [values, initial, step], call.node, call.context)
    final, result = call.body(3, state)
    reduced = f"list_reduce({values.sql}, lambda {names}: {step.sql}, {initial.sql})"
    return Expression(f"list_transform([{reduced}], lambda {final}: {result.sql})[1]", result.type)


def _regexp_replace(call: Call) -> Expression:
    """With a lambda: keep the text between the matches, and replace each match by the lambda's result."""
    if not isinstance(call.arguments[2], exp.Lambda):
        return _ordinary(call)
    text, pattern = call.adapted(0, VARCHAR).sql, call.adapted(1, VARCHAR).sql
    names, result = call.body(2, Array(VARCHAR))
    i = call.context.alias("i")
    groups = f"list_slice(regexp_extract_all({text}, {pattern}, 1), {i}, {i})"
    between = f"regexp_split_to_array({text}, {pattern})"
    replaced = f"list_transform([{groups}], lambda {names}: {result.sql})[1]"
    piece = f"({between})[{i}] || CASE WHEN {i} < len({between}) THEN {replaced} ELSE '' END"
    pieces = f"list_transform(range(1, len({between}) + 1), lambda {i}: {piece})"
    return Expression(f"array_to_string({pieces}, '')", VARCHAR)


def _item(call: Call, values: Expression) -> Type:
    match values.type:
        case Array(element):
            return element
        case TimeSeries(value):
            return point(value)
        case _:
            raise unexpected(call.name, [values], call.node, call.context)


# By name and number of arguments; -1 is any number.
_SPECIAL: dict[tuple[str, int], Callable[[Call], Expression]] = {
    ("typeof", 1): _typeof,
    ("parse_duration", 1): _parse_duration,
    ("date_trunc", 2): _date_trunc,
    ("date_add", 3): _date_add,
    ("date_diff", 3): _date_diff,
    ("date_format", 2): _formatted(from_mysql),
    ("date_parse", 2): _parsed(from_mysql),
    ("format_datetime", 2): _formatted(from_joda),
    ("parse_datetime", 2): _parsed(from_joda),
    ("array_join", 2): _array_join,
    ("array_join", 3): _array_join,
    ("zip", -1): _zip,
    ("row", -1): _row,
    ("filter", 2): _filter,
    ("reduce", 4): _reduce,
    ("regexp_replace", 3): _regexp_replace,
}
