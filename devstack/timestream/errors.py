"""The service's errors, as clients meet them: a code, a status, a message, and at times more fields."""

from typing import Any, ClassVar


class TimestreamError(Exception):
    """The root: what the server turns into an error response.

    TimestreamError
    ├── ValidationError          400  ValidationException
    ├── ResourceNotFoundError    404  ResourceNotFoundException
    ├── ConflictError            409  ConflictException
    ├── RejectedRecordsError     419  RejectedRecordsException, with RejectedRecords
    ├── ThrottlingError          429  ThrottlingException
    ├── QueryExecutionError      400  QueryExecutionException
    └── InternalServerError      500  InternalServerException

    Three more stand where they arise: `validation.SerializationError`, `protocol.UnknownOperationError` and
    `faults.InvalidEndpointError`.
    """

    code: ClassVar[str]
    status: ClassVar[int]

    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields


class ValidationError(TimestreamError):
    """The request is not one the service accepts."""

    code, status = "ValidationException", 400


class ResourceNotFoundError(TimestreamError):
    """No such database or table."""

    code, status = "ResourceNotFoundException", 404


class ConflictError(TimestreamError):
    """There is one already, or it is not empty."""

    code, status = "ConflictException", 409


class RejectedRecordsError(TimestreamError):
    """Some records were not taken; the others were written."""

    code, status = "RejectedRecordsException", 419


class ThrottlingError(TimestreamError):
    """Too many requests."""

    code, status = "ThrottlingException", 429


class QueryExecutionError(TimestreamError):
    """The query was understood and failed as it ran."""

    code, status = "QueryExecutionException", 400


class InternalServerError(TimestreamError):
    """Our own fault."""

    code, status = "InternalServerException", 500
