"""What every question should be answered with, in plain Python over a list of events.

Only the edges of windows and bins are taken from the app: tests/figures compares those with a model of their
own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, Final, TypeAlias, TypeVar

from chalicelib.events import Commission, Entry, Event, PageView, Payout
from chalicelib.figures import parameters as app
from chalicelib.figures.timerange import TimeRange
from tests.both.world import Question

Answer: TypeAlias = dict[str, Any]
_E = TypeVar("_E", bound=Event)

MONEY: Final = {"Commissions": "micros", "Revenue": "revenue"}
HOLD: Final = timedelta(days=30)
FIELDS: Final = {
    "website": "website", "link": "link", "page": "path", "referrer": "referrer", "source": "utm_source",
    "medium": "utm_medium", "campaign": "utm_campaign", "country": "country", "device": "device",
}  # fmt: skip
BY: Final = {
    "Website": "website", "Link": "link", "LandingPage": "path", "Page": "path", "Referrer": "referrer",
    "Source": "utm_source", "Medium": "utm_medium", "Campaign": "utm_campaign", "Country": "country",
    "Device": "device",
}  # fmt: skip


class Model:
    """Answers all questions about one affiliate, or about everyone. Each event is in the list once."""

    def __init__(self, events: Iterable[Event]) -> None:
        events = list(events)
        self._views = [event for event in events if isinstance(event, PageView)]
        self._entries = [event for event in events if isinstance(event, Commission)]
        self._payouts = [event for event in events if isinstance(event, Payout)]

    def answer(self, route: str, question: Question, now: datetime) -> Answer:
        """The JSON of the answer, decoded."""
        answers: dict[str, Callable[[Question, datetime], Answer]] = {
            "metrics": self.metrics,
            "breakdown": self.breakdown,
            "entries": self.entries,
            "balance": self.balance,
            "affiliates": self.affiliates,
            "balances": self.balances,
        }
        return answers[route](question, now)

    def metrics(self, question: Question, now: datetime) -> Answer:
        query = app.parse_metric_query({name: [value] for name, value in question.items()}, now)
        metric, time_range = question["metricType"], query.time_range
        counted = _Counted(metric, self._of(metric, question, time_range.start, time_range.end))
        answer = {
            "dataset": [
                {
                    "series": website,
                    "timestamp": stamp,
                    "value": value,
                    "partial": partial,
                    "currency": currency,
                }
                for website, currency in counted.series
                for stamp, partial, value in counted.bins(website, currency, time_range)
            ],
            "totals": counted.totals(),
            "overall": counted.overall(),
            **_edges(time_range),
            "interval": time_range.interval,
            "comparison": None,
        }
        if query.earlier:
            then = _Counted(metric, self._of(metric, question, query.earlier.start, query.earlier.end))
            answer["comparison"] = {
                "from": query.earlier.start.astimezone(time_range.zone).isoformat(),
                "to": query.earlier.end.astimezone(time_range.zone).isoformat(),
                "totals": then.totals(),
                "overall": _changes(counted.overall(), then.overall()),
            }
        return answer

    def breakdown(self, question: Question, now: datetime) -> Answer:
        query = app.parse_breakdown_query({name: [value] for name, value in question.items()}, now)
        start, end = query.time_range.start, query.time_range.end
        by, limit = question["by"], int(question.get("limit", "20"))
        metric = "Clicks" if by == "LandingPage" else "PageViews"
        views = self._of(metric, question, start, end)
        knows_money = by in ("Website", "Link") and not question.keys() & (
            FIELDS.keys() - {"website", "link"}
        )
        entries = self._of("Commissions", question, start, end) if knows_money else []
        names: defaultdict[str, tuple[list[PageView], list[Commission]]] = defaultdict(lambda: ([], []))
        for view in views:
            names[getattr(view, BY[by])][0].append(view)
        for entry in entries:
            names[getattr(entry, BY[by])][1].append(entry)
        rows = [
            {"name": name or None, **_line(*found, knows_money=knows_money)} for name, found in names.items()
        ]
        rows.sort(
            key=lambda row: (-row["pageViews"], -(row["orders"] or 0), row["name"] is None, row["name"] or "")
        )
        return {
            "rows": rows[:limit],
            "more": max(0, len(rows) - limit),
            "total": _line(views, entries, knows_money=knows_money),
            **_edges(query.time_range),
        }

    def entries(self, question: Question, now: datetime) -> Answer:
        """All pages as one."""
        query = app.parse_entry_query({name: [value] for name, value in question.items()}, now, HOLD.days)
        found = self._of("Commissions", question, query.time_range.start, query.time_range.end)
        found.sort(key=lambda each: (-each.time, _identity(each)))
        return {
            "entries": [
                {
                    "time": _moment(each)
                    .astimezone(query.time_range.zone)
                    .isoformat(timespec="milliseconds"),
                    "orderId": each.order_id,
                    "website": each.website,
                    "link": each.link or None,
                    "coupon": each.coupon or None,
                    "kind": "Sale" if each.entry is Entry.SALE else "Reversal",
                    "amount": _amount(each.micros),
                    "currency": each.currency,
                    "state": self._state(each, now),
                }
                for each in found
            ],
            "nextToken": None,
            **_edges(query.time_range),
        }

    def balance(self, question: Question, now: datetime) -> Answer:
        balances: defaultdict[str, dict[str, int]] = defaultdict(lambda: {"held": 0, "due": 0, "paid": 0})
        for entries in _grouped(self._entries, _order):
            sales = [_moment(each) for each in entries if each.entry is Entry.SALE]
            state = "held" if sales and max(sales) > now - HOLD else "due"
            balances[entries[0].currency][state] += sum(each.micros for each in entries)
        for payout in self._payouts:
            balances[payout.currency]["due"] -= payout.micros
            balances[payout.currency]["paid"] += payout.micros
        return {
            "balances": [
                {"currency": currency, **{state: _amount(micros) for state, micros in states.items()}}
                for currency, states in sorted(balances.items())
            ]
        }

    def affiliates(self, question: Question, now: datetime) -> Answer:
        """All pages as one."""
        query = app.parse_affiliates_query({name: [value] for name, value in question.items()}, now)
        start, end = query.time_range.start, query.time_range.end
        views = _narrowed(self._views, {}, start, end)
        entries = _narrowed(self._entries, {}, start, end)
        rows = []
        events: list[Event] = [*views, *entries]
        for affiliate in sorted({event.affiliate_id for event in events}):
            of_views, of_entries = _of(affiliate, views), _of(affiliate, entries)
            last = max(_moment(event) for event in _of(affiliate, events))
            seen = last.astimezone(query.time_range.zone).isoformat(timespec="milliseconds")
            figures = _owners_line(of_views, of_entries)
            rows.append({"affiliateId": affiliate, "name": None, **figures, "lastSeen": seen})
        _sort(rows, question.get("sortBy", "Clicks"))
        return {
            "rows": rows,
            "total": _owners_line(views, entries),
            "affiliates": len(rows),
            "nextToken": None,
            **_edges(query.time_range),
        }

    def balances(self, question: Question, now: datetime) -> Answer:
        """All pages as one."""
        everything: list[Event] = [*self._entries, *self._payouts]
        rows = [
            {"affiliateId": each, "name": None, **Model(_of(each, everything)).balance({}, now)}
            for each in sorted({event.affiliate_id for event in everything})
        ]
        sums: defaultdict[str, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for balance in (balance for row in rows for balance in row["balances"]):
            for state in ("held", "due", "paid"):
                sums[balance["currency"]][state] += Decimal(str(balance[state]))
        total = [
            {"currency": currency, **{state: float(value) for state, value in states.items()}}
            for currency, states in sorted(sums.items())
        ]
        return {"rows": rows, "total": total, "affiliates": len(rows), "nextToken": None}

    def _state(self, entry: Commission, now: datetime) -> str:
        order = [each for each in self._entries if _order(each) == _order(entry)]
        is_reversed = any(each.entry is Entry.REVERSAL for each in order)
        if entry.entry is Entry.REVERSAL or (is_reversed and sum(each.micros for each in order) <= 0):
            return "Reversed"
        return "Held" if _moment(entry) > now - HOLD else "Due"

    def _of(self, metric: str, question: Question, start: datetime, end: datetime) -> list[Any]:
        """The events that a metric counts."""
        views: dict[str, Callable[[PageView], bool]] = {
            "PageViews": lambda _: True,
            "Visitors": lambda _: True,
            "Clicks": lambda view: view.click,
        }
        entries: dict[str, Callable[[Commission], bool]] = {
            "Commissions": lambda _: True,
            "Orders": lambda entry: entry.entry is Entry.SALE,
            "Revenue": lambda entry: entry.revenue is not None,
        }
        if metric in views:
            return _narrowed([each for each in self._views if views[metric](each)], question, start, end)
        return _narrowed([each for each in self._entries if entries[metric](each)], question, start, end)


class _Counted:
    """The events of a span, by website and currency."""

    def __init__(self, metric: str, events: Sequence[Any]) -> None:
        self._metric, self._events = metric, events
        self._series: defaultdict[tuple[str, str | None], list[Any]] = defaultdict(list)
        for event in events:
            self._series[event.website, self._currency(event)].append(event)

    @property
    def series(self) -> list[tuple[str, str | None]]:
        return sorted(self._series, key=lambda key: (key[0], key[1] or ""))

    def bins(self, website: str, currency: str | None, time_range: TimeRange) -> list[tuple[str, bool, Any]]:
        events = self._series[website, currency]
        found = []
        for bin_ in time_range.bins:
            start, end = max(bin_.start, time_range.start), min(bin_.end, time_range.end)
            inside = [event for event in events if start <= _moment(event) < end]
            found.append(
                (bin_.start.astimezone(time_range.zone).isoformat(), bin_.partial, self._value(inside))
            )
        return found

    def totals(self) -> list[Answer]:
        return [
            {"series": website, "value": self._value(self._series[website, currency]), "currency": currency}
            for website, currency in self.series
        ]

    def overall(self) -> list[Answer]:
        if self._metric not in MONEY:
            return [{"value": self._value(self._events), "currency": None}]
        return [
            {"value": self._value(found), "currency": found[0].currency}
            for found in _grouped(self._events, lambda event: event.currency)
        ]

    def _value(self, events: Sequence[Any]) -> int | float:
        if self._metric == "Visitors":
            return len({event.visitor_id for event in events})
        if self._metric in MONEY:
            return _amount(sum(getattr(event, MONEY[self._metric]) for event in events))
        return len(events)

    def _currency(self, event: Any) -> str | None:
        return event.currency if self._metric in MONEY else None


def _changes(now: list[Answer], then: list[Answer]) -> list[Answer]:
    before = {each["currency"]: each["value"] for each in then}
    after = {each["currency"]: each["value"] for each in now}
    changes = []
    for currency in sorted({*before, *after}, key=lambda each: each or ""):
        old, new = (Decimal(str(values.get(currency, 0))) for values in (before, after))
        change = float((new - old) / abs(old)) if old else None
        changes.append({"value": before.get(currency, 0), "currency": currency, "change": change})
    return changes


def _line(views: Sequence[PageView], entries: Sequence[Commission], *, knows_money: bool) -> Answer:
    clicks = sum(view.click for view in views)
    orders = sum(entry.entry is Entry.SALE for entry in entries)
    money = []
    for found in _grouped(entries, lambda entry: entry.currency):
        earned = sum(entry.micros for entry in found)
        money.append(
            {
                "currency": found[0].currency,
                "commissions": _amount(earned),
                "revenue": _amount(sum(entry.revenue or 0 for entry in found)),
                "earningsPerClick": float(Decimal(earned) / 1_000_000 / clicks) if clicks else None,
            }
        )
    return {
        "pageViews": len(views),
        "visitors": len({view.visitor_id for view in views}),
        "clicks": clicks,
        "orders": orders if knows_money else None,
        "conversionRate": float(Decimal(orders) / clicks) if knows_money and clicks else None,
        "money": money if knows_money else None,
    }


def _owners_line(views: Sequence[PageView], entries: Sequence[Commission]) -> Answer:
    orders = _grouped(entries, lambda each: (each.affiliate_id, *_order(each)))
    sold = [order for order in orders if any(each.entry is Entry.SALE for each in order)]
    refunded = [order for order in sold if any(each.entry is Entry.REVERSAL for each in order)]
    return {
        **_line(views, entries, knows_money=True),
        "refundRate": float(Decimal(len(refunded)) / len(sold)) if sold else None,
    }


def _sort(rows: list[Answer], sort_by: str) -> None:
    """The rows come in the order of ids, and keep it where they are equal."""
    names = [money["currency"] for row in rows for money in row["money"]]
    currencies = sorted(set(names), key=lambda currency: (-names.count(currency), currency))

    def value(row: Answer) -> Any:
        if sort_by == "LastSeen":
            return datetime.fromisoformat(row["lastSeen"])
        if sort_by in ("Commissions", "Revenue"):
            earned = {money["currency"]: money[sort_by.lower()] for money in row["money"]}
            return [earned.get(currency, 0) for currency in currencies]
        return row[sort_by[0].lower() + sort_by[1:]]

    if sort_by != "Id":
        rows.sort(key=value, reverse=True)


def _of(affiliate: str, events: Iterable[_E]) -> list[_E]:
    return [event for event in events if event.affiliate_id == affiliate]


def _narrowed(events: Sequence[_E], question: Question, start: datetime, end: datetime) -> list[_E]:
    return [
        event
        for event in events
        if start <= _moment(event) < end
        and all(getattr(event, FIELDS[name]) == value for name, value in question.items() if name in FIELDS)
    ]


def _grouped(events: Iterable[_E], key: Callable[[_E], Any]) -> list[list[_E]]:
    return [list(found) for _, found in groupby(sorted(events, key=key), key=key)]


def _edges(time_range: TimeRange) -> Answer:
    return {
        "from": time_range.start.astimezone(time_range.zone).isoformat(),
        "to": time_range.end.astimezone(time_range.zone).isoformat(),
        "timeZone": time_range.zone.key,
    }


def _moment(event: Event) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=event.time)


def _order(entry: Commission) -> tuple[str, ...]:
    return entry.website, entry.currency, entry.order_id


def _identity(entry: Commission) -> tuple[str, ...]:
    return *_order(entry), entry.entry, entry.entry_id


def _amount(micros: int) -> int | float:
    """The number as JSON has it."""
    return float(Decimal(micros) / 1_000_000)
