"""Amazon Timestream for LiveAnalytics as an engine."""

from chalicelib.engines.timestream.engine import Timestream

__all__ = ["Timestream"]
