"""The questions that `infra.probe` asks a cluster: what the code counts on, and what nobody has recorded yet.

Each question has a connection of its own, since some of them lose it.
"""

from collections.abc import Sequence
from contextlib import closing, suppress
from functools import partial
from threading import Thread, Timer
from typing import Final

import psycopg

from chalicelib.engines.postgres.connections import is_passing
from chalicelib.engines.postgres.tables import PAGE_VIEWS, Row, to_row
from chalicelib.engines.postgres.writer import BATCH, insert_arrays, insert_values
from chalicelib.events import MAX_AFFILIATE_ID, MAX_ID, MAX_TEXT
from infra.durations import in_words, measured
from infra.erase.rows import page_statement
from infra.probe.probing import (
    ENTRIES,
    NOW,
    VIEWS,
    Probe,
    Probing,
    answer_of,
    entry,
    in_schema,
    statements,
    view,
)

LARGE: Final = 1_200_000
"""Page views of the last question, which is asked on request: to write them is some 25,000 DPU."""


def _version(probing: Probing) -> str:
    return str(probing.rows("SHOW server_version")[0][0])


def _isolation(probing: Probing) -> str:
    return str(probing.rows("SHOW transaction_isolation")[0][0])


def _arrays(probing: Probing) -> str:
    return f"{probing.insert(VIEWS, *(view(number, affiliate_id='arrays') for number in range(BATCH)))} rows"


def _values(probing: Probing) -> str:
    rows = [to_row(view(number, affiliate_id="values")) for number in range(BATCH)]
    return f"{insert_values(probing.connection, VIEWS, rows)} rows"


def _text_arrays(probing: Probing) -> str:
    statement = VIEWS.insert_arrays().replace("%b", "%t")
    columns = [[value] for value in to_row(view(1, affiliate_id="text"))]
    return f"{probing.connection.execute(statement.encode(), columns).rowcount} row"


def _widest(probing: Probing) -> str:
    wide = {name: "é" * (limit // 2) for name, limit in MAX_TEXT.items() if name in VIEWS.columns}
    ids = {"affiliate_id": "\U0001f600" * MAX_AFFILIATE_ID, "visitor_id": "v" * 32}
    views = (view(number, **wide, **ids, event_id=f"{number}".ljust(MAX_ID, "x")) for number in range(BATCH))
    return f"{probing.insert(VIEWS, *views)} rows"


def _redelivery(probing: Probing) -> str:
    views = [view(number, affiliate_id="again") for number in range(3)]
    return f"{probing.insert(VIEWS, *views)} rows, then {probing.insert(VIEWS, *views, view(3))}"


def _key_twice(probing: Probing) -> str:
    return f"{probing.insert(VIEWS, view(1, affiliate_id='twice'), view(1, affiliate_id='twice'))} row"


def _upsert(probing: Probing) -> str:
    moment = round(NOW.timestamp() * 1000)
    written = [probing.insert(ENTRIES, entry(order_id="upsert", time=moment + late)) for late in (0, 9, -9)]
    return ", ".join(map(str, written))


def _statements(probing: Probing) -> str:
    for _, text, values in statements():
        probing.rows(text, values)
    return "yes"


def _erasing(probing: Probing) -> str:
    ((count, last, event_ids),) = probing.rows(page_statement(1), [f"{7:032}", "arrays", "", BATCH])
    found = (count, last, event_ids)
    return "yes" if found == (BATCH, "view-999", ["view-7"]) else f"{found}"


def _walk(probing: Probing) -> str:
    return f"yes: {len(probing.rows(_WALK))} affiliates"


def _row_comparison(probing: Probing) -> str:
    probing.rows("SELECT 1 FROM analytics.page_views WHERE (affiliate_id, event_id) < ('b', 'a') LIMIT 1")
    return "yes"


def _column_twice(probing: Probing) -> str:
    probing.rows("ALTER TABLE analytics.page_views ADD COLUMN added text")
    probing.rows("ALTER TABLE analytics.page_views ADD COLUMN added text")
    return "yes"


def _column_rights(probing: Probing) -> str:
    rights = "SELECT (event_id, click), UPDATE (click)"
    probing.rows(f'GRANT {rights} ON analytics.page_views TO "{probing.connection.info.user}"')
    return "yes"


def _iam(probing: Probing) -> str:
    probing.rows("SELECT pg_role_name, arn FROM sys.iam_pg_role_mappings")
    return "yes"


def _many_rows(probing: Probing) -> str:
    return f"{probing.insert(VIEWS, *(view(number, affiliate_id='many') for number in range(3_001)))} rows"


def _many_bytes(probing: Probing) -> str:
    wide = "x" * 11_000
    rows: list[Row] = [to_row(view(number, affiliate_id="bytes")) for number in range(1_000)]
    rows = [(*row[:-1], wide) for row in rows]
    return f"{insert_arrays(probing.connection, VIEWS, rows)} rows"


def _nul(probing: Probing) -> str:
    with_nul = view(1, affiliate_id="nul", path="/\0")
    return f"{probing.insert(VIEWS, with_nul)} row"


def _long_key(probing: Probing) -> str:
    row = to_row(view(1))
    return f"{insert_arrays(probing.connection, VIEWS, [('k' * 600, 'e' * 500, *row[2:])])} row"


def _cancel(probing: Probing) -> str:
    def cancel() -> None:
        with suppress(psycopg.OperationalError):  # whether it worked, the statement tells
            probing.connection.cancel_safe()

    timer = Timer(_MOMENT, cancel)
    timer.start()
    try:
        seconds = measured(lambda: _sleep(probing))
    finally:
        timer.join()
    return f"cancelled after {seconds:.1f} s" if seconds < _NAP else f"not cancelled in {_NAP} s"


def _sleep(probing: Probing) -> None:
    with suppress(psycopg.errors.QueryCanceled):
        probing.rows(f"SELECT pg_sleep({_NAP})")


def _prepared(probing: Probing) -> str:
    probing.connection.prepare_threshold = 2
    for name in "abcdef":
        probing.rows("SELECT event_id FROM analytics.page_views WHERE affiliate_id = %s LIMIT 1", [name])
    return "yes"


def _setting(probing: Probing) -> str:
    probing.rows("SET statement_timeout = '25s'")
    return "yes"


def _copy(probing: Probing) -> str:
    with probing.connection.cursor().copy(in_schema("COPY analytics.payouts FROM STDIN").encode()):
        return "yes"


def _savepoint(probing: Probing) -> str:
    with probing.connection.transaction():
        probing.rows("SAVEPOINT probe")
    return "yes"


def _two_writers(probing: Probing) -> str:
    told: list[str] = []
    row = [to_row(view(1, affiliate_id="race"))]

    def second() -> None:
        with closing(probing.connect()) as other:
            told.append(answer_of(lambda: f"{insert_arrays(other, VIEWS, row)} row"))

    writer = Thread(target=second)

    def first() -> str:
        with probing.connection.transaction():
            written = insert_arrays(probing.connection, VIEWS, row)
            writer.start()
            writer.join(_MOMENT)  # an ordinary PostgreSQL has it wait for this transaction
        return f"{written} row"

    answers = [answer_of(first)]
    writer.join()
    return _which([*answers, *told])


def _which(answers: Sequence[str]) -> str:
    """One of two writers must write, and the other must learn that it did not."""
    lost = [answer for answer in answers if answer != "1 row"]
    if len(lost) != 1:
        return f"both: {' and '.join(answers)}"
    return "one is told, and may try again" if lost[0].startswith(("0 row", "refused (40001")) else lost[0]


def _grant(probing: Probing) -> str:
    question = in_schema("SELECT count(*) FROM analytics.order_entries")
    with closing(probing.connect()) as other:
        other.execute(question.encode())
        probing.rows(f'GRANT SELECT ON analytics.order_entries TO "{probing.connection.info.user}"')
        try:
            other.execute(question.encode())
        except psycopg.OperationalError as error:
            if not is_passing(error):
                raise
            other.execute(question.encode())
            return f"yes, at the second try ({error.sqlstate})"
    return "yes"


def _connecting(probing: Probing) -> str:
    return in_words([measured(lambda: probing.connect().close()) for _ in range(probing.repeats)])


def _inserting(probing: Probing) -> str:
    batches = [[view(BATCH * turn + n) for n in range(BATCH)] for turn in range(probing.repeats)]
    seconds = [measured(partial(probing.insert, VIEWS, *batch)) for batch in batches]
    columns = [[value] for value in to_row(view(0, affiliate_id="dpu"))]
    return f"{in_words(seconds)}{probing.dpu(PAGE_VIEWS.insert_arrays(), columns)} (DPU: one row alone)"


def _asking(probing: Probing) -> str:
    answers = []
    for question, text, values in statements():
        ask = partial(probing.rows, text, values)
        seconds = [measured(ask) for _ in range(probing.repeats)]
        answers.append(f"{question}: {in_words(seconds)}{probing.dpu(text, values)}")
    return " | ".join(answers)


def _large(probing: Probing) -> str:
    for start in range(0, LARGE, BATCH):
        # Most visitors have one page view: the sort of the visitors is what needs the memory.
        views = [
            view(number, affiliate_id="large", visitor_id=f"{number % 900_000:032}")
            for number in range(start, start + BATCH)
        ]
        probing.insert(VIEWS, *views)
    seconds = [
        measured(partial(probing.rows, text, {**values, "affiliate_id": "large"}))
        for _, text, values in statements()
    ]
    return f"yes, in {max(seconds):.1f} s"


_NAP: Final = 10
_MOMENT: Final = 0.3

_WALK: Final = """\
WITH RECURSIVE walk(id) AS (
  (SELECT affiliate_id FROM analytics.page_views ORDER BY affiliate_id LIMIT 1) UNION ALL
  SELECT (
    SELECT affiliate_id FROM analytics.page_views WHERE affiliate_id > walk.id ORDER BY affiliate_id LIMIT 1
  ) FROM walk WHERE walk.id IS NOT NULL)
SELECT id FROM walk WHERE id IS NOT NULL"""

_WRITER: Final = "in chalicelib/engines/postgres/writer.py"

PROBES: Final = (
    Probe("version", "Which PostgreSQL is it?", _version, "16", "nothing, but look for what is new"),
    Probe("isolation", "How are transactions kept apart?", _isolation, "repeatable read", "nothing"),
    Probe(
        "arrays",
        f"Does it take {BATCH:,} rows as arrays, in binary?",
        _arrays,
        f"{BATCH} rows",
        f"set INSERT to insert_values {_WRITER}",
    ),
    Probe(
        "values",
        f"Does it take {BATCH:,} rows as values?",
        _values,
        f"{BATCH} rows",
        f"lower BATCH {_WRITER} until it does, if arrays are refused",
    ),
    Probe("text arrays", "Does it take arrays as text?", _text_arrays, "1 row", "nothing: they are not used"),
    Probe(
        "widest",
        "Does it take a batch of the widest page views?",
        _widest,
        f"{BATCH} rows",
        f"lower BATCH {_WRITER}",
    ),
    Probe(
        "redelivery",
        "Does it count only rows that are new?",
        _redelivery,
        "3 rows, then 1",
        f"count duplicates by RETURNING {_WRITER}",
    ),
    Probe(
        "key twice",
        "What of a key that comes twice in a statement?",
        _key_twice,
        "refused (21000)",
        "nothing: see tables.merged",
    ),
    Probe(
        "upsert",
        "Does an earlier report take the place of a later one, and no other?",
        _upsert,
        "1, 0, 1",
        "change ORDER_ENTRIES.on_conflict in chalicelib/engines/postgres/tables.py",
    ),
    Probe(
        "statements",
        "Does it take the statement of each metric, over a year?",
        _statements,
        "yes",
        "change DIALECT in chalicelib/engines/postgres/dialect.py: has_little_memory chooses GROUPING SETS",
    ),
    Probe(
        "erasing",
        "Does it take the statement of infra.erase?",
        _erasing,
        "yes",
        "change infra/erase/rows.py",
    ),
    Probe(
        "walk",
        "Does it take a recursive query, from affiliate to affiliate?",
        _walk,
        "yes",
        "set goes_by_affiliate to False in chalicelib/engines/postgres/dialect.py: the owner's questions "
        "then read the rows of all times",
    ),
    Probe(
        "row comparison", "Does it compare rows with `<`?", _row_comparison, "", "nothing: it is written out"
    ),
    Probe(
        "column twice",
        "What if a column is added that is there?",
        _column_twice,
        "refused (42701)",
        "catch this error in `migrate`, in chalicelib/engines/postgres/migrations.py",
    ),
    Probe(
        "column rights",
        "Does it take rights on single columns?",
        _column_rights,
        "yes",
        "grant them on all of page_views: RIGHTS in chalicelib/engines/postgres/migrations.py",
    ),
    Probe(
        "identities",
        "Can the admin read which IAM role is which database role?",
        _iam,
        "yes",
        "leave the REVOKE out of `grant_iam`, in chalicelib/engines/postgres/migrations.py",
    ),
    Probe(
        "3,001 rows", "Does it take more than 3,000 rows at once?", _many_rows, "refused (54000)", "nothing"
    ),
    Probe("11 MB", "Does it take a statement of 11 MB?", _many_bytes, "refused", "nothing"),
    Probe(
        "NUL",
        "Does it take the character NUL?",
        _nul,
        "refused (22021)",
        f"add the error to _ROW_IS_BAD {_WRITER}",
    ),
    Probe(
        "long key",
        "Does it take a key of 1,100 bytes?",
        _long_key,
        "refused (54000)",
        f"nothing, if it is taken; add another error to _ROW_IS_BAD {_WRITER}",
    ),
    Probe(
        "cancel",
        "Does a statement end when it is cancelled?",
        _cancel,
        "cancelled",
        "nothing: connections.GRACE seconds later its connection is cut",
    ),
    Probe("prepared", "Does it take prepared statements?", _prepared, "", "nothing: none are used"),
    Probe("SET", "Does it take SET statement_timeout?", _setting, "refused", "nothing: it is not used"),
    Probe("COPY", "Does it take COPY?", _copy, "refused", "nothing: it is not used"),
    Probe("savepoint", "Does it take savepoints?", _savepoint, "refused", "nothing: they are not used"),
    Probe(
        "two writers",
        "What if two write one key at the same time?",
        _two_writers,
        "one is told",
        "add the code to _PASSING in chalicelib/engines/postgres/connections.py",
    ),
    Probe(
        "grant",
        "Does a GRANT disturb an open connection?",
        _grant,
        "yes",
        "add the code to _PASSING in chalicelib/engines/postgres/connections.py",
    ),
    Probe("connecting", "How long does it take to connect?", _connecting, "", ""),
    Probe("inserting", f"How long does it take to insert {BATCH:,} rows?", _inserting, "", ""),
    Probe("asking", "How long does a year by day take?", _asking, "", ""),
)
"""In the order in which they are asked: some find what those before them have written."""

LARGE_PROBE: Final = Probe(
    "large",
    f"Does it answer for {LARGE:,} page views of one affiliate in a year?",
    _large,
    "yes",
    "say the limit in docs/architecture.md; such a window gets a 400 that asks for a shorter one",
)
