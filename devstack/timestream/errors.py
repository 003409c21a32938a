"""The service's errors, as clients see them: a code, a status, a message, and sometimes more fields."""

from typing import Any, ClassVar


class TimestreamError(Exception):
    """The root of the errors that the server turns into a response.

    TimestreamError
    ├── ValidationError          400  ValidationException
    ├── ResourceNotFoundError    404  ResourceNotFoundException
    ├── ConflictError            409  ConflictException
    ├── RejectedRecordsError     419  RejectedRecordsException, with RejectedRecords
    ├── ThrottlingError          429  ThrottlingException
    ├── QueryExecutionError      400  QueryExecutionException
    └── InternalServerError      500  InternalServerException

    The others are defined where they are raised: `validation.SerializationError`,
    `faults.InvalidEndpointError`, and in `protocol` `UnknownOperationError`, `RefusedError`, `UnsignedError`.
    """

    code: ClassVar[str]
    status: ClassVar[int]

    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields


class ValidationError(TimestreamError):
    """The service does not accept the request."""

    code, status = "ValidationException", 400


class ResourceNotFoundError(TimestreamError):
    """The database or table does not exist."""

    code, status = "ResourceNotFoundException", 404


class ConflictError(TimestreamError):
    """The database or table exists already."""

    code, status = "ConflictException", 409


class RejectedRecordsError(TimestreamError):
    """Some records were rejected. The others were written."""

    code, status = "RejectedRecordsException", 419


class ThrottlingError(TimestreamError):
    """Too many requests."""

    code, status = "ThrottlingException", 429


class QueryExecutionError(TimestreamError):
    """The query is valid, but failed while it ran."""

    code, status = "QueryExecutionException", 400


class InternalServerError(TimestreamError):
    """The server itself failed."""

    code, status = "InternalServerException", 500
