"""Reads one object again and again, as it is now."""

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

T = TypeVar("T")

_NOT_MODIFIED = "304"


class Latest(Generic[T]):
    """The value of an object that may change at any time. It is kept as long as the object stays the same."""

    def __init__(self, s3: "S3Client", bucket: str, key: str, parse: Callable[[bytes], T]) -> None:
        self._s3, self._bucket, self._key, self._parse = s3, bucket, key, parse
        self._kept: tuple[str, T] | None = None

    def read(self) -> T | None:
        """The object's value now, by one request to S3; None if there is no such object.

        Raises what S3 and `parse` raise. The next call then asks again.
        """
        condition: Any = {"IfNoneMatch": self._kept[0]} if self._kept else {}
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=self._key, **condition)
        except self._s3.exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            if code == _NOT_MODIFIED and self._kept:
                return self._kept[1]
            if code == "NoSuchKey":
                self._kept = None
                return None
            raise
        with closing(answer["Body"]) as body:
            value = self._parse(body.read())
        self._kept = answer["ETag"], value
        return value
