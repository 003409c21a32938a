"""Overloads: a call means the signature that takes its arguments at the lowest cost."""

from sqlglot import exp

from devstack.timestream.casts import adapt
from devstack.timestream.datatypes import NUMBERS, Array, Scalar, TimeSeries, Type, common
from devstack.timestream.errors import ValidationError
from devstack.timestream.functions import SCALAR, Parameter, Signature, Variable, signatures
from devstack.timestream.scope import Context, Expression


def operator(name: str, arguments: list[Expression], node: exp.Expr, context: Context) -> Expression:
    """Compile an operator. Its name in the table is its sign."""
    if chosen := _choose(SCALAR, name, arguments, context):
        return _apply(*chosen, context, {})
    kinds = ", ".join(str(argument.type) for argument in arguments)
    raise context.error(node, f"'{name}' cannot be applied to {kinds}")


def resolve(
    table: str,
    name: str,
    arguments: list[Expression],
    node: exp.Expr,
    context: Context,
    words: dict[str, str] | None = None,
) -> Expression:
    """Apply the signature that takes the arguments at the lowest cost."""
    if name not in signatures(table):
        raise context.error(node, f"Function {name} not registered")
    chosen = _choose(table, name, arguments, context)
    if chosen is None:
        raise unexpected(name, arguments, node, context)
    return _apply(*chosen, context, words or {})


def unexpected(name: str, arguments: list[Expression], node: exp.Expr, context: Context) -> ValidationError:
    """The error that no signature takes these arguments."""
    kinds = ", ".join(str(argument.type) for argument in arguments)
    return context.error(node, f"Unexpected parameters ({kinds}) for function {name}")


def _choose(
    table: str, name: str, arguments: list[Expression], context: Context
) -> tuple[Signature, list[Expression], dict[str, Type]] | None:
    candidates = signatures(table).get(name, ())
    fits = [(fit, each) for each in candidates if (fit := _fit(each, arguments, context))]
    if not fits:
        return None
    (_, adapted, bound), signature = min(fits, key=lambda candidate: candidate[0][0])
    return signature, adapted, bound


def _fit(
    signature: Signature, arguments: list[Expression], context: Context
) -> tuple[int, list[Expression], dict[str, Type]] | None:
    parameters = list(signature.parameters)
    if signature.repeats:
        parameters += parameters[-1:] * (len(arguments) - len(parameters))
    if len(parameters) != len(arguments):
        return None
    bound: dict[str, Type] = {}
    if not all(_bind(p, a.type, bound) for p, a in zip(parameters, arguments, strict=True)):
        return None
    pairs = zip(parameters, arguments, strict=True)
    adapted = [adapt(argument, _bound(parameter, bound), context) for parameter, argument in pairs]
    if any(each is None for each in adapted):
        return None
    fits = [each for each in adapted if each is not None]
    return sum(cost for cost, _ in fits), [value for _, value in fits], bound


def _bind(parameter: Parameter, kind: Type, bound: dict[str, Type]) -> bool:
    """Bind the variables of a parameter to an argument's type. False if they do not fit."""
    match parameter, kind:
        case Variable(name), _:
            settled = common(bound.get(name, Scalar.UNKNOWN), kind)
            bound[name] = settled or kind
            return settled is not None and (name != "N" or settled in (*NUMBERS, Scalar.UNKNOWN))
        case Array(inner), Array(element):
            return _bind(inner, element, bound)
        case TimeSeries(inner), TimeSeries(value):
            return _bind(inner, value, bound)
        case (Array(inner), _) | (TimeSeries(inner), _):
            return kind == Scalar.UNKNOWN and _bind(inner, kind, bound)
        case _:
            return True


def _bound(parameter: Parameter, bound: dict[str, Type]) -> Type:
    match parameter:
        case Variable(name):
            return bound[name]
        case Array(inner):
            return Array(_bound(inner, bound))
        case TimeSeries(inner):
            return TimeSeries(_bound(inner, bound))
        case _:
            return parameter


def _apply(
    signature: Signature,
    arguments: list[Expression],
    bound: dict[str, Type],
    context: Context,
    words: dict[str, str],
) -> Expression:
    texts = [argument.sql for argument in arguments]
    words = {"over": "", "distinct": "", **words}
    words["all"] = ", ".join(texts)
    words["or"] = " || ".join(texts)
    words["null"] = " OR ".join(f"{text} IS NULL" for text in texts)
    sql = signature.template.format(*texts, now=context.now, **words)
    return Expression(sql, _bound(signature.result, bound))
