"""Settings: what is read, and what is said of one that is wrong."""

from decimal import Decimal

import pytest

from chalicelib.config import Config
from chalicelib.errors import SettingError

SECONDS_RULE = "must be whole seconds from 0 to 300"
RATE_RULE = "must be a number above 0 and up to 1, such as 0.5"


def test_only_the_bucket_is_required():
    assert Config.from_environ({"EVENTS_BUCKET": "b"}) == Config(
        events_bucket="b",
        events_prefix="events/",
        dead_letter_prefix="dead-letters/",
        timestream_database="WebAnalyticsDb",
        page_views_table="PageViewsTable",
        commissions_table="CommissionsTable",
        affiliate_parameters=("ref", "aff", "via"),
        commission_rate=None,
        cache_seconds=15,
    )


def test_every_setting_is_read():
    environ = {
        "EVENTS_BUCKET": "b",
        "EVENTS_PREFIX": "in/",
        "DEAD_LETTER_PREFIX": "out/",
        "TIMESTREAM_DATABASE": "d",
        "PAGE_VIEWS_TABLE": "p",
        "COMMISSIONS_TABLE": "c",
        "AFFILIATE_PARAMETERS": " fpr, via ",
        "COMMISSION_RATE": "0.5",
        "CACHE_SECONDS": "60",
        "UNRELATED": "x",
    }
    assert Config.from_environ(environ) == Config(
        "b", "in/", "out/", "d", "p", "c", ("fpr", "via"), Decimal("0.5"), 60
    )


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "EVENTS_BUCKET is not set: name the bucket that Firehose delivers to"),
        ({"EVENTS_BUCKET": " "}, "EVENTS_BUCKET is not set: name the bucket that Firehose delivers to"),
        ({"EVENTS_PREFIX": "events"}, "EVENTS_PREFIX must end with a slash, such as 'events/'"),
        (
            {"DEAD_LETTER_PREFIX": "events/dead/"},
            "DEAD_LETTER_PREFIX must lie outside EVENTS_PREFIX ('events/')",
        ),
        (
            {"AFFILIATE_PARAMETERS": ","},
            "AFFILIATE_PARAMETERS must name at least one parameter, such as 'ref,aff,via'",
        ),
        *(
            ({"CACHE_SECONDS": seconds}, f"CACHE_SECONDS {SECONDS_RULE}, not {seconds!r}")
            for seconds in ("soon", "-1", "301", "1.5", "²")
        ),
        *(
            ({"COMMISSION_RATE": rate}, f"COMMISSION_RATE {RATE_RULE}, not {rate!r}")
            for rate in ("half", "0", "-1", "1.01", "NaN", "Infinity")
        ),
    ],
)  # fmt: skip
def test_a_wrong_setting_names_itself(environ, message):
    bucket = {} if not environ or "EVENTS_BUCKET" in environ else {"EVENTS_BUCKET": "b"}
    with pytest.raises(SettingError) as raised:
        Config.from_environ(bucket | environ)
    assert str(raised.value) == message
