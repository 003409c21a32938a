"""What clocks and calendars say, from plain zoneinfo: what the app computes is compared with it."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.figures.timerange import Dates, TimeWindow

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
LENGTHS = {"Last7Days": 7, "Last30Days": 30, "Last90Days": 90, "Last365Days": 365}


def first_moment(zone: ZoneInfo, day: date, shown: time = time()) -> datetime:
    """When the clocks first show `day` and `shown`; the moment of the change, if they leave it out."""
    local = datetime.combine(day, shown, zone)
    # Of a time that is shown twice, fold 0 is the first. One that is left out is, in UTC, later with fold 0.
    earlier, later = local.replace(fold=1).astimezone(UTC), local.astimezone(UTC)
    if later <= earlier:
        return later
    earlier, later = earlier.replace(microsecond=0), later.replace(microsecond=0) + SECOND
    after = later.astimezone(zone).utcoffset()
    while later - earlier > SECOND:
        middle = earlier + (later - earlier) // SECOND // 2 * SECOND
        if middle.astimezone(zone).utcoffset() == after:
            later = middle
        else:
            earlier = middle
    return later


def today_at(zone: ZoneInfo, now: datetime) -> date:
    """The last date that has begun."""
    shown = now.astimezone(zone).date()
    return shown + DAY if first_moment(zone, shown + DAY) <= now else shown


def dates_of(window: TimeWindow, today: date, custom: Dates | None) -> tuple[date, date]:
    """The first and the last date of a window that has dates."""
    year, month = today.year, today.month
    if window in LENGTHS:
        return today - (LENGTHS[window] - 1) * DAY, today
    match window:
        case TimeWindow.TODAY:
            return today, today
        case TimeWindow.YESTERDAY:
            return today - DAY, today - DAY
        case TimeWindow.THIS_MONTH:
            return month_dates(year, month)
        case TimeWindow.LAST_MONTH:
            return month_dates(*month_before(year, month))
        case TimeWindow.THIS_YEAR:
            return date(year, 1, 1), date(year, 12, 31)
        case TimeWindow.LAST_YEAR:
            return date(year - 1, 1, 1), date(year - 1, 12, 31)
    assert custom is not None
    return custom.first, custom.last


def month_dates(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def month_before(year: int, month: int) -> tuple[int, int]:
    return (year, month - 1) if month > 1 else (year - 1, 12)


def year_before(day: date) -> date:
    last = monthrange(day.year - 1, day.month)[1]
    return date(day.year - 1, day.month, min(day.day, last))
