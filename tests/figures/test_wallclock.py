import importlib.resources
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chalicelib.figures import wallclock
from chalicelib.figures.wallclock import DAY, HOUR, WallClock, zone_names

ROOT = Path(__file__).parents[2]

SHOWN_IN_VANCOUVER = """\
from datetime import UTC, datetime
from zoneinfo import ZoneInfo
from chalicelib.figures.parameters import parse_metric_query
zone, noon = "America/Vancouver", datetime(2026, 6, 15, 12, tzinfo=UTC)
asked = dict(affiliateId="amy", metricType="PageViews", timeWindow="Last24Hours", timeZone=zone)
time_range = parse_metric_query({name: [value] for name, value in asked.items()}, noon).time_range
print("machine", noon.astimezone(ZoneInfo(zone)).isoformat())
print("ours", time_range.timestamps[-1])
"""


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def clock(zone: str, around: datetime) -> WallClock:
    return WallClock.of(wallclock.zone(zone), around - 30 * DAY, around + 30 * DAY)


def test_zone_names_are_those_that_can_be_loaded_and_mean_a_place_or_an_offset() -> None:
    assert {"UTC", "Europe/Paris", "America/Argentina/Buenos_Aires", "Etc/GMT+5"} <= zone_names()
    assert not {"Factory", "localtime", "posixrules", "europe/paris", "", "../UTC"} & zone_names()
    assert all(wallclock.zone(name).key == str(wallclock.zone(name)) == name for name in zone_names())


@pytest.mark.parametrize("name", ["Factory", "europe/paris", "", ".", "../zones", "/etc/localtime", "Europe"])
def test_a_name_that_is_not_a_zones_is_refused(name: str) -> None:
    with pytest.raises(KeyError):
        wallclock.zone(name)


def test_a_zone_is_made_once() -> None:
    assert wallclock.zone("Europe/Paris") is wallclock.zone("Europe/Paris")


def test_vancouver_has_kept_its_summer_time_since_november_2026() -> None:
    (segment,) = clock("America/Vancouver", instant("2026-12-15")).segments
    assert segment.offset == -7 * HOUR


def test_the_rules_are_the_wheels_whatever_the_machine_has(tmp_path: Path) -> None:
    machines = tmp_path / "America/Vancouver"
    machines.parent.mkdir()
    wheels = importlib.resources.files("tzdata").joinpath("zoneinfo")
    machines.write_bytes(wheels.joinpath("Asia/Tokyo").read_bytes())
    found = subprocess.run(
        [sys.executable, "-c", SHOWN_IN_VANCOUVER],
        env={"PYTHONTZPATH": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.splitlines() == [
        "machine 2026-06-15T21:00:00+09:00",
        "ours 2026-06-15T05:00:00-07:00",
    ]


@pytest.mark.parametrize(
    ("zone", "changes"),
    [
        ("UTC", []),
        ("Asia/Tokyo", []),
        ("Europe/London", ["2000-10-29T01:00"]),
        ("America/Recife", ["2000-10-08T03:00", "2000-10-15T02:00"]),
    ],
)
def test_every_change_of_the_clocks_starts_a_segment(zone: str, changes: list[str]) -> None:
    _, *rest = clock(zone, instant("2000-10-11")).segments
    assert [segment.start for segment in rest] == [instant(change) for change in changes]


def test_two_changes_within_a_week_are_found_wherever_the_halves_fall() -> None:
    for hours in range(0, 8 * 24, 3):
        assert len(clock("America/Recife", instant("2000-10-11") + hours * HOUR).segments) == 3


@pytest.mark.parametrize(
    ("zone", "at", "start", "end"),
    [
        ("UTC", "2026-11-23T12:34", "2026-11-23T12:00", "2026-11-23T13:00"),
        ("UTC", "2026-11-23T12:00", "2026-11-23T12:00", "2026-11-23T13:00"),
        ("Asia/Kolkata", "2026-11-23T12:34", "2026-11-23T12:30", "2026-11-23T13:30"),
        ("Asia/Kathmandu", "2026-11-23T12:14", "2026-11-23T11:15", "2026-11-23T12:15"),
        # From 03:45 to 02:45, at 14:00 UTC
        ("Pacific/Chatham", "2026-04-04T13:59", "2026-04-04T13:15", "2026-04-04T14:00"),
        ("Pacific/Chatham", "2026-04-04T14:00", "2026-04-04T14:00", "2026-04-04T14:15"),
        ("Pacific/Chatham", "2026-04-04T14:15", "2026-04-04T14:15", "2026-04-04T15:15"),
        # From 02:00 to 02:30, at 15:30 UTC
        ("Australia/Lord_Howe", "2026-10-03T15:29", "2026-10-03T14:30", "2026-10-03T15:30"),
        ("Australia/Lord_Howe", "2026-10-03T15:30", "2026-10-03T15:30", "2026-10-03T16:00"),
    ],
)
def test_an_hour_is_what_the_clocks_show_of_it(zone: str, at: str, start: str, end: str) -> None:
    assert clock(zone, instant(at)).hour_at(instant(at)) == (instant(start), instant(end))


@pytest.mark.parametrize(
    ("at", "shown", "reached"),
    [
        ("2010-11-07T02:29:59", date(2010, 11, 6), date(2010, 11, 6)),
        ("2010-11-07T02:30:59", date(2010, 11, 7), date(2010, 11, 7)),
        ("2010-11-07T02:31:00", date(2010, 11, 6), date(2010, 11, 7)),
        ("2010-11-07T03:29:59", date(2010, 11, 6), date(2010, 11, 7)),
        ("2010-11-07T03:30:00", date(2010, 11, 7), date(2010, 11, 7)),
    ],
)
def test_a_calendar_never_goes_back(at: str, shown: date, reached: date) -> None:
    st_johns = clock("America/St_Johns", instant(at))
    assert (st_johns.date_at(instant(at)), st_johns.calendar().date_at(instant(at))) == (shown, reached)
