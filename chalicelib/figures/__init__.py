"""A request → a query → SQL → rows → an answer.

Nothing here knows a database: an engine's dialect says how its SQL differs from others'.
"""

from chalicelib.figures.answers import KEPT_BYTES, OF_EVERYONE, Answers, Key, Route, weigh
from chalicelib.figures.cache import Cache
from chalicelib.figures.dialect import Amounts, Column, Dialect, R, Statement, Value, to_rows
from chalicelib.figures.queries import Metric, MetricQuery, Row
from chalicelib.figures.statements import to_statement

__all__ = [
    "KEPT_BYTES",
    "OF_EVERYONE",
    "Amounts",
    "Answers",
    "Cache",
    "Column",
    "Dialect",
    "Key",
    "Metric",
    "MetricQuery",
    "R",
    "Route",
    "Row",
    "Statement",
    "Value",
    "to_rows",
    "to_statement",
    "weigh",
]
