"""All errors that are known, as one tree.

AnalyticsError
├── SettingError        a setting is missing or wrong: names it
├── RequestError        a request cannot be answered as it is: names the parameter and what is allowed
├── NotificationError   what `ingest` was called with does not say which objects were created
├── EventError          a document should have been an event and cannot be read: says why
├── DirectoryError      the directory of affiliates cannot be read: says why
├── WriteError          a database's answer does not say what became of every record
└── UnavailableError    a database cannot answer a query now: throttled, out of reach, too slow, or failing

Any other refusal stays the exception that botocore or psycopg raises.
"""


class AnalyticsError(Exception):
    """The root of the tree."""


class SettingError(AnalyticsError):
    """A setting is missing or wrong."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name} {problem}")
        self.name = name


class RequestError(AnalyticsError):
    """A request that the client must change."""

    def __init__(self, parameter: str, problem: str) -> None:
        super().__init__(f"{parameter}: {problem}")
        self.parameter = parameter


class EventError(AnalyticsError):
    """A document that should have been an event and could not be read."""


class NotificationError(AnalyticsError):
    """`ingest` was called with something that is not a notification of objects."""


class DirectoryError(AnalyticsError):
    """The directory of affiliates cannot be read, or contradicts itself."""


class WriteError(AnalyticsError):
    """An answer that does not say what became of every record: they may not be stored."""


class UnavailableError(AnalyticsError):
    """A database cannot answer now; the same query may well be answered later."""
