"""All errors that are known, as one tree.

AnalyticsError
├── SettingError        a setting is missing or wrong: names it
├── RequestError        a request asks for what there is not: names the parameter and what is allowed
├── NotificationError   what `ingest` was called with does not say which objects were created
├── EventError          a document should have been an event and cannot be read: says why
├── WriteError          Timestream's answer does not say what became of every record
└── UnavailableError    Timestream cannot answer a query now: throttled, out of reach, or failed inside

All else that AWS refuses stays what botocore made of it.
"""


class AnalyticsError(Exception):
    """The root of the tree."""


class SettingError(AnalyticsError):
    """A setting is missing or wrong."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name} {problem}")
        self.name = name


class RequestError(AnalyticsError):
    """A request the client can mend."""

    def __init__(self, parameter: str, problem: str) -> None:
        super().__init__(f"{parameter}: {problem}")
        self.parameter = parameter


class EventError(AnalyticsError):
    """A document that should have been an event and could not be read."""


class NotificationError(AnalyticsError):
    """A call of `ingest` that tells of no object in a way that we read."""


class WriteError(AnalyticsError):
    """An answer that does not say what became of every record: they may not be in Timestream."""


class UnavailableError(AnalyticsError):
    """Timestream cannot answer now; the same query may well be answered later."""
