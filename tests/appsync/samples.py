"""An answer of each route of the REST API, with a value in every field."""

from collections.abc import Mapping
from typing import Any, Final

_WINDOW: Final = {
    "from": "2026-11-03T00:00:00+00:00",
    "to": "2026-11-04T00:00:00+00:00",
    "timeZone": "UTC",
}
_TOTAL: Final = {"series": "a.example", "value": 1.5, "currency": "EUR"}
_FIGURES: Final = {
    "pageViews": 20,
    "visitors": 8,
    "clicks": 4,
    "orders": 1,
    "conversionRate": 0.25,
    "money": [{"currency": "EUR", "commissions": 5, "revenue": 50.5, "earningsPerClick": 1.25}],
}

_OWNERS_FIGURES: Final = {**_FIGURES, "refundRate": 0.5}
_BALANCE: Final = {"currency": "EUR", "held": 5, "due": -1.5, "paid": 20}

ANSWERS: Final[Mapping[str, dict[str, Any]]] = {
    "metrics": {
        "dataset": [{**_TOTAL, "timestamp": "2026-11-03T00:00:00+00:00", "partial": False}],
        "totals": [_TOTAL],
        "overall": [{"value": 1.5, "currency": "EUR"}],
        **_WINDOW,
        "interval": "Day",
        "comparison": {
            "from": "2026-11-02T00:00:00+00:00",
            "to": "2026-11-03T00:00:00+00:00",
            "totals": [_TOTAL],
            "overall": [{"value": 3, "currency": "EUR", "change": -0.5}],
        },
    },
    "breakdown": {"rows": [{**_FIGURES, "name": "summer"}], "more": 3, "total": _FIGURES, **_WINDOW},
    "entries": {
        "entries": [
            {
                "time": "2026-11-03T12:34:56.789+00:00",
                "orderId": "1001",
                "website": "a.example",
                "link": "summer",
                "coupon": "ALICE15",
                "kind": "Reversal",
                "amount": -5,
                "currency": "EUR",
                "state": "Reversed",
            }
        ],
        "nextToken": "1793709296789-1",
        **_WINDOW,
    },
    "balance": {"balances": [_BALANCE]},
    "affiliates": {
        "rows": [
            {
                **_OWNERS_FIGURES,
                "affiliateId": "alice",
                "name": "Alice",
                "lastSeen": "2026-11-03T12:34:56.789+00:00",
            }
        ],
        "total": _OWNERS_FIGURES,
        "affiliates": 3,
        "nextToken": "1-alice",
        **_WINDOW,
    },
    "balances": {
        "rows": [{"affiliateId": "alice", "name": "Alice", "balances": [_BALANCE]}],
        "total": [_BALANCE],
        "affiliates": 3,
        "nextToken": "1-alice",
    },
}
