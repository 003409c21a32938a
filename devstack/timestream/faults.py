"""Faults on purpose: what goes wrong between a client and Timestream, how often, and for which requests.

The real service has each of these faults now and then. Here a client can be tested for them beforehand.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from hashlib import blake2b
from threading import Lock
from types import MappingProxyType
from typing import ClassVar, Final

from devstack.timestream.errors import InternalServerError, ThrottlingError, TimestreamError, ValidationError
from devstack.timestream.records import MOST_RECORD_BYTES, Point, Rejection
from devstack.timestream.resources import Window


class Fault(StrEnum):
    """What goes wrong.

    The first six happen to WriteRecords and Query, DISCOVERY to DescribeEndpoints. The last three happen to
    records, and to the same records every time.
    """

    THROTTLE = "throttle"
    """ThrottlingException; nothing is done."""
    ERROR_BEFORE = "error-before"
    """InternalServerException; nothing is done."""
    MOVED = "moved"
    """InvalidEndpointException: the client has to discover its endpoint again; nothing is done."""
    ERROR_AFTER = "error-after"
    """InternalServerException, although the request is done."""
    RESET = "reset"
    """The request is done, and the connection is reset in the middle of the response."""
    SLOW = "slow"
    """The request is done, and the response comes late."""

    DISCOVERY = "discovery"
    """InternalServerException instead of an endpoint."""

    OUT_OF_WINDOW = "out-of-window"
    """The record is rejected as too old or too new. The others of its batch are written."""
    OVER_LIMIT = "over-limit"
    """The record is rejected as too large. The others of its batch are written."""
    INVALID = "invalid"
    """ValidationException for every request that contains the record. Nothing of the request is written."""


class InvalidEndpointError(TimestreamError):
    """The endpoint is no longer valid for the caller."""

    code: ClassVar[str] = "InvalidEndpointException"
    status: ClassVar[int] = 421


_NOTE: Final = "(This is a fault on purpose, of the local Timestream.)"

INSTEAD: Final[Mapping[Fault, TimestreamError]] = {
    Fault.THROTTLE: ThrottlingError(f"The request was throttled. {_NOTE}"),
    Fault.ERROR_BEFORE: InternalServerError(f"Nothing was done. {_NOTE}"),
    Fault.MOVED: InvalidEndpointError(f"Discover the endpoint again. {_NOTE}"),
    Fault.DISCOVERY: InternalServerError(f"The endpoint cannot be discovered. {_NOTE}"),
}
"""The response to a request that is not done."""

AFTERWARDS: Final = InternalServerError(f"The request was done nevertheless. {_NOTE}")
"""The response to a request that is done, for ERROR_AFTER."""

_OF_REQUESTS: Final = (
    Fault.THROTTLE,
    Fault.ERROR_BEFORE,
    Fault.MOVED,
    Fault.ERROR_AFTER,
    Fault.RESET,
    Fault.SLOW,
)
_OF_RECORDS: Final = (Fault.OUT_OF_WINDOW, Fault.OVER_LIMIT, Fault.INVALID)
_OF_OPERATIONS: Final[Mapping[str, Sequence[Fault]]] = {
    "WriteRecords": _OF_REQUESTS,
    "Query": _OF_REQUESTS,
    "DescribeEndpoints": (Fault.DISCOVERY,),
}
_ALTERNATIVES: Final = (_OF_REQUESTS, (Fault.DISCOVERY,), _OF_RECORDS)


class Faults:
    """Chooses which fault happens to each request and each record, if any. Threads may share it.

    The choice depends on the seed, on the content of the request, and on how often the same request was made
    before. It does not depend on the order in which threads or processes make their requests. `delay` is the
    delay of a SLOW response, in seconds.
    """

    def __init__(
        self, rates: Mapping[Fault, float] = MappingProxyType({}), seed: int = 0, delay: float = 30.0
    ) -> None:
        self.delay = delay
        self._seed = str(seed).encode()
        self._asked: Counter[bytes] = Counter()
        self._asking = Lock()
        self.set(rates)

    def set(self, rates: Mapping[Fault, float]) -> None:
        """Replace all rates. A rate is the share of requests, or of records, that have the fault.

        Raises ValueError if a rate is outside 0 to 1, or if rates of alternatives add up to more than 1.
        """
        for fault, rate in rates.items():
            if not 0 <= rate <= 1:
                raise ValueError(f"{fault}={rate:g}: a rate is between 0 and 1")
        for faults in _ALTERNATIVES:
            if sum(rates.get(fault, 0) for fault in faults) > 1 + 1e-9:
                raise ValueError(f"{', '.join(faults)}: the rates add up to more than 1")
        self._rates = dict(rates)

    def of_request(self, operation: str, body: bytes) -> Fault | None:
        """The fault that happens to this request, or None. Counts the request."""
        faults = _OF_OPERATIONS.get(operation, ())
        if not any(self._rates.get(fault) for fault in faults):
            return None
        question = blake2b(operation.encode() + b"\0" + body, digest_size=16).digest()
        with self._asking:
            self._asked[question] += 1
            ordinal = self._asked[question]
        return self._pick(faults, question + ordinal.to_bytes(8, "big"))

    def sift(self, points: Sequence[Point], window: Window) -> tuple[Sequence[Point], Sequence[Rejection]]:
        """The points without a fault, and rejections of the others.

        Raises ValidationError if one of them has the fault INVALID.
        """
        if not any(self._rates.get(fault) for fault in _OF_RECORDS):
            return points, ()
        faults = [self._pick(_OF_RECORDS, point.key.to_bytes(17, "big", signed=True)) for point in points]
        if Fault.INVALID in faults:
            raise ValidationError(f"The request has an invalid record. {_NOTE}")
        reasons = {
            Fault.OUT_OF_WINDOW: window.rejection,
            Fault.OVER_LIMIT: f"The record exceeds the limit of {MOST_RECORD_BYTES} bytes.",
        }
        judged = list(zip(points, faults, strict=True))
        taken = [point for point, fault in judged if fault is None]
        return taken, [Rejection(point.index, reasons[fault]) for point, fault in judged if fault]

    def _pick(self, faults: Iterable[Fault], subject: bytes) -> Fault | None:
        digest = blake2b(subject, digest_size=8, key=self._seed).digest()
        draw = int.from_bytes(digest, "big") / 2**64
        for fault in faults:
            draw -= self._rates.get(fault, 0)
            if draw < 0:
                return fault
        return None


NO_FAULTS: Final = Faults()
"""A service without faults."""
