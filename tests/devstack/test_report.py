import shlex
from collections.abc import Sequence
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from devstack.report import affiliates_table, metric_table, sparkline, try_lines


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ([], ""),
        ([0, 0], "  "),
        ([1, 2, 3, 4, 5, 6, 7, 8], "▁▂▃▄▅▆▇█"),
        ([0, 1, 1000], " ▁█"),
        ([-5, 10, 5], " █▄"),
        ([-5, -1], "  "),
    ],
)
def test_a_sparkline_has_a_character_for_each_value(values: Sequence[int], drawn: str) -> None:
    assert sparkline([Decimal(value) for value in values]) == drawn


def test_a_table_has_a_line_for_each_series() -> None:
    dataset = [
        {"series": "one.example", "currency": "EUR", "value": Decimal(0)},
        {"series": "one.example", "currency": "EUR", "value": Decimal("-7.5")},
        {"series": "one.example", "currency": "USD", "value": Decimal("1234.5")},
        {"series": "one.example", "currency": "USD", "value": Decimal("0.25")},
    ]
    totals = [
        {"series": "one.example", "currency": "EUR", "value": Decimal("-7.5")},
        {"series": "one.example", "currency": "USD", "value": Decimal("1234.75")},
    ]
    assert drawn("Commissions", dataset, totals) == [
        "alice: Commissions, last 30 days",
        "website by day today total",
        "one.example -7.50 EUR -7.50 EUR",
        "one.example █▁ 0.25 USD 1,234.75 USD",
    ]


def test_the_owner_sees_the_biggest_affiliates_and_all_of_them() -> None:
    def figures(clicks: int, **money: str) -> dict[str, Any]:
        amounts = [{"currency": unit, "commissions": Decimal(text)} for unit, text in money.items()]
        return {"clicks": Decimal(clicks), "orders": Decimal(2), "money": amounts}

    page = {
        "rows": [
            {"affiliateId": "alice", "name": "Alice Ashdown", **figures(1200, EUR="-7.5", USD="12")},
            {"affiliateId": "bob", "name": None, **figures(3)},
        ],
        "total": figures(1500, USD="12"),
        "affiliates": Decimal(12),
    }
    assert lines(affiliates_table(page)) == [
        "the owner: all affiliates, last 30 days",
        "affiliate clicks orders commission",
        "Alice Ashdown 1,200 2 -7.50 EUR, 12.00 USD",
        "bob 3 2",
        "all 12 1,500 2 12.00 USD",
    ]


def test_a_value_without_a_currency_is_a_plain_number() -> None:
    dataset = [{"series": "one.example", "currency": None, "value": Decimal(1234)}]
    totals = [{"series": "one.example", "currency": None, "value": Decimal(1234)}]
    assert drawn("PageViews", dataset, totals)[-1] == "one.example █ 1,234 1,234"


def test_the_commands_to_try_are_complete_shell_commands() -> None:
    post, ask = try_lines("http://127.0.0.1:8088", "http://127.0.0.1:8089", Path("a folder"), 2.5)

    assert shlex.split(post)[-3:] == [
        "-d",
        '{"anonymousId": "you", "properties": {"url": "https://www.serverless.example/?ref=alice"}}',
        "http://127.0.0.1:8088/v1/page",
    ]
    sleep, token = ask.partition(";")[0], ask.partition("$(")[2].partition(")")[0]
    assert sleep == "sleep 4"
    assert shlex.split(token)[1:] == [
        "-m", "devstack", "token", "--affiliate", "alice", "--state", "a folder",
    ]  # fmt: skip
    assert shlex.split(ask)[-1] == "http://127.0.0.1:8089/graphql"


def drawn(metric: str, dataset: list[dict[str, Any]], totals: list[dict[str, Any]]) -> list[str]:
    return lines(metric_table(metric, {"dataset": dataset, "totals": totals}))


def lines(table: Table) -> list[str]:
    output = StringIO()
    Console(file=output, width=100).print(table)
    return [" ".join(line.split()) for line in output.getvalue().splitlines()]
