"""Settings: what is read, and what is said of one that is wrong."""

from decimal import Decimal

import pytest

from chalicelib.config import Config
from chalicelib.errors import SettingError

URL = "postgresql://u:secret@db.example/x"
SECONDS_RULE = "must be whole seconds from 0 to 300"
PASSWORD_RULE = (
    "POSTGRES_URL has a special character in its user or password: percent-encode it, such as %40 for @"
)
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
        websites=frozenset(),
        max_age_days=7,
        link_parameters=("sub",),
        hold_days=30,
        directory_key="directory/affiliates.json",
        engine="timestream",
        dsql_endpoint="",
        postgres_url="",
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
        "WEBSITES": "www.Shop.example, *.courses.example,müller.example.",
        "MAX_AGE_DAYS": "30",
        "LINK_PARAMETERS": "sub1, sub2",
        "HOLD_DAYS": "0",
        "DIRECTORY_KEY": "who/affiliates.json",
        "ENGINE": "postgres",
        "POSTGRES_URL": "postgresql://me@db.example/figures",
        "UNRELATED": "x",
    }
    assert Config.from_environ(environ) == Config(
        "b",
        "in/",
        "out/",
        "d",
        "p",
        "c",
        ("fpr", "via"),
        Decimal("0.5"),
        60,
        frozenset({"shop.example", "*.courses.example", "xn--mller-kva.example"}),
        30,
        ("sub1", "sub2"),
        0,
        "who/affiliates.json",
        engine="postgres",
        postgres_url="postgresql://me@db.example/figures",
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
            ({"ENGINE": "postgres", "POSTGRES_URL": f"postgresql://u:{password}@h/d"}, PASSWORD_RULE)
            for password in ("p@x", "p/x")
        ),
        *(
            ({"CACHE_SECONDS": seconds}, f"CACHE_SECONDS {SECONDS_RULE}, not {seconds!r}")
            for seconds in ("soon", "-1", "301", "1.5", "²", "9" * 5000)
        ),
        *(
            ({"MAX_AGE_DAYS": days}, f"MAX_AGE_DAYS must be whole days from 1 to 3650, not {days!r}")
            for days in ("week", "0", "3651")
        ),
        *(
            ({"HOLD_DAYS": days}, f"HOLD_DAYS must be whole days from 0 to 3650, not {days!r}")
            for days in ("month", "-1", "3651")
        ),
        ({"LINK_PARAMETERS": " , "}, "LINK_PARAMETERS must name at least one parameter, such as 'sub'"),
        *(
            ({"DIRECTORY_KEY": f"{folder}affiliates.json"}, f"DIRECTORY_KEY must lie outside {rule}")
            for folder, rule in {
                "events/": "EVENTS_PREFIX ('events/')",
                "dead-letters/": "DEAD_LETTER_PREFIX ('dead-letters/')",
            }.items()
        ),
        *(
            (
                {"WEBSITES": f"shop.example,{name}"},
                f"WEBSITES must be host names such as 'shop.example' or '*.shop.example', not {name!r}",
            )
            for name in ("*", "*.", "a b", "*shop.example", "a.*.example", "=1+1")
        ),
        *(
            ({"COMMISSION_RATE": rate}, f"COMMISSION_RATE {RATE_RULE}, not {rate!r}")
            for rate in ("half", "0", "-1", "1.01", "NaN", "Infinity")
        ),
        ({"ENGINE": "mysql"}, "ENGINE must be 'timestream' or 'postgres', not 'mysql'"),
        (
            {"ENGINE": "postgres"},
            "DSQL_ENDPOINT or POSTGRES_URL must be set, because ENGINE is 'postgres'",
        ),
        (
            {"ENGINE": "postgres", "POSTGRES_URL": URL, "DSQL_ENDPOINT": "a.dsql.eu-west-1.on.aws"},
            "POSTGRES_URL and DSQL_ENDPOINT are both set: keep one of them",
        ),
        *(
            (
                {**engine, name: value},
                f"{name} is set, but ENGINE is 'timestream': leave it out, or set ENGINE to 'postgres'",
            )
            for engine in ({}, {"ENGINE": "timestream"})
            for name, value in {"POSTGRES_URL": URL, "DSQL_ENDPOINT": "a.dsql.eu-west-1.on.aws"}.items()
        ),
        *(
            (
                {"ENGINE": "postgres", "DSQL_ENDPOINT": host},
                f"DSQL_ENDPOINT must be a host name such as 'abc123.dsql.eu-west-1.on.aws', not {host!r}",
            )
            for host in ("abc", "https://a.dsql.eu-west-1.on.aws", "a.dsql.eu-west-1.on.aws:1", "a.on.aws")
        ),
        *(
            (
                {"ENGINE": "postgres", "POSTGRES_URL": url},
                "POSTGRES_URL must be a URL such as 'postgresql://user:password@host:5432/database'",
            )
            for url in ("host=db.example password=secret", "mysql://u:secret@db.example/x", "secret")
        ),
    ],
)  # fmt: skip
def test_a_wrong_setting_names_itself(environ, message):
    bucket = {} if not environ or "EVENTS_BUCKET" in environ else {"EVENTS_BUCKET": "b"}
    with pytest.raises(SettingError) as raised:
        Config.from_environ(bucket | environ)
    assert str(raised.value) == message
