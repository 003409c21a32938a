"""A request → a query → SQL → rows → an answer.

Nothing here knows a database: an engine's dialect says how its SQL differs from others'.
"""

from chalicelib.figures.answers import KEPT_BYTES, Answers, Key, weigh
from chalicelib.figures.cache import Cache
from chalicelib.figures.dialect import Dialect, Statement, Value
from chalicelib.figures.queries import Metric, MetricQuery, Row, to_statement

__all__ = [
    "KEPT_BYTES",
    "Answers",
    "Cache",
    "Dialect",
    "Key",
    "Metric",
    "MetricQuery",
    "Row",
    "Statement",
    "Value",
    "to_statement",
    "weigh",
]
