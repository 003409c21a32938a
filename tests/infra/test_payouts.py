"""`python -m infra.payouts`: what a list is checked for, and that no payout is recorded twice."""

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.directory import Directory
from chalicelib.events import Payout as CountedPayout
from chalicelib.objects import documents
from chalicelib.rudderstack import Rules, Source, decode_document, to_event
from devstack.firehose.api import firehose_api
from devstack.firehose.buffer import DeliveredObject, Hints
from devstack.firehose.streams import Firehose
from devstack.http.ports import listen
from devstack.http.serving import serving
from infra.errors import InfraError
from infra.payouts import __main__ as payouts
from infra.payouts.journal import Journal, JournalObject, Kept, plan
from infra.payouts.lists import Line, read_list
from infra.payouts.payout import Identity, Payout, amount, to_document
from infra.payouts.stream import WAITS, Stream
from infra.stage import PROJECT, Stage
from tests.deployment import BUCKET, forget_objects
from tests.infra.functions import lambda_functions
from tests.infra.project import ROOT
from tests.scripted import as_json, scripted

KEY = "directory/payouts.json"
HEADER = "payout_id,affiliate_id,name,currency,amount\r\n"
ALICE = '2026-11-28-USD,alice,"Ashdown, Alice",USD,1234.5\r\n'
OBRIEN = "2026-11-28-EUR,O'Brien & Söhne,O'Brien & Söhne,EUR,0.000001\r\n"
BOTH = HEADER + ALICE + OBRIEN
DIRECTORY = {"affiliates": [{"id": "alice"}, {"id": "O'Brien & Söhne"}, {"id": "=cmd"}]}
KNOWN = Directory(frozenset({"alice", "O'Brien & Söhne", "=cmd", "null"}), {})
RULES = Rules((), commission_rate=None, websites=frozenset(), max_age_days=7)
READ = [
    Payout("2026-11-28-USD", "alice", "USD", 1_234_500_000),
    Payout("2026-11-28-EUR", "O'Brien & Söhne", "EUR", 1),
]
NO_OBJECT = "Expected `object`, got `array`"
OTHER_AMOUNT = (
    "payouts: Payouts with another amount than before: 1. A payout stays as it is: "
    "give what is paid in addition a payout_id of its own."
)

# what is read


@pytest.mark.parametrize(
    "data",
    [
        BOTH.encode(),
        b"\xef\xbb\xbf" + BOTH.encode(),
        BOTH.replace("\r\n", "\n").rstrip().encode(),
        # As Excel saves it where the decimal sign is a comma, with empty rows at the end.
        (HEADER + ALICE.replace('"Ashdown, Alice"', "A")).replace(",", ";").encode()
        + OBRIEN.replace(",", ";").encode()
        + b";;;;\r\n\r\n",
        # Other columns, in another order; a name with a line break; a row without its last cells.
        b'note,Amount,currency,AFFILIATE_ID,payout_id,name\npaid,1234.50,usd, alice ,2026-11-28-USD,"A\nB"\n'
        + ",0.000001,EUR,O'Brien & Söhne,2026-11-28-EUR\n".encode(),
    ],
)
def test_a_list_is_read_as_the_portal_and_spreadsheets_write_it(data):
    found = read_list(data, KNOWN)
    assert found.problems == ()
    assert [line.payout for line in found.lines] == READ


def test_a_text_that_looks_like_a_formula_is_read_without_its_guard():
    data = "payout_id,affiliate_id,currency,amount\n'-7,'=cmd,USD,1\n'7,alice,USD,2\n"
    read = [line.payout for line in read_list(data.encode(), KNOWN).lines]
    assert [(each.payout_id, each.affiliate_id) for each in read] == [("-7", "=cmd"), ("'7", "alice")]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "it is empty"),
        (b"\r\n , \r\n", "it is empty"),
        (HEADER.encode(), "it has no payouts"),
        (b"affiliate_id,amount,amount\nalice,1,1\n",
         "line 1: each of these columns must be there once: payout_id, currency, amount"),
        (b"payout_id\xe4", "it is not in UTF-8: save it as CSV UTF-8"),
        (b'payout_id,"a', "it is not CSV: unexpected end of data"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_a_list_is_refused(data, problem):
    assert read_list(data, KNOWN).problems == (problem,)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",,,,1", "payout_id is empty|affiliate_id is empty|currency is empty"),
        ("p,alice,,USD,", "amount is empty"),
        ("p,alice", "currency is empty|amount is empty"),
        ("p,alice,Ashdown, Alice,USD,1",
         "it has 6 cells, and the header has 5: is a text with a comma unquoted?"),
        ("p,carl,,USD,1", "affiliate_id 'carl' is not in the directory"),
        ("p,Alice,,USD,1", "affiliate_id 'Alice' is not in the directory"),
        ("p,alice/,,USD,1", "affiliate_id 'alice/' is not an affiliate id"),
        ("p,null,,USD,1", "ingest would not count a payout of 'null'"),
        (f"{'p' * 129},alice,,USD,1",
         f"payout_id '{'p' * 40}' is not 1 to 128 bytes of printable characters"),
        ("p,alice,,US,1", "currency 'US' is not a currency such as USD"),
        ("p,alice,,€,1", "currency '€' is not a currency such as USD"),
        ("p,alice,,USD,0.00", "amount '0.00' is nothing to pay"),
        ("p,alice,,USD,1000000000", "amount '1000000000' is not under 1,000,000,000"),
        *((f'p,alice,,USD,"{text}"',
           f"amount {text!r} is not an amount such as 1234.50: with a point, and at most six decimals")
          for text in ("-1", "1,5", "1.234,50", "1e3", "$5", "0.0000001", "NaN", "\u0661", "1 000")),
    ],
)  # fmt: skip
def test_all_problems_of_a_line_are_told(row, problem):
    found = read_list(f"{HEADER}{row}\n".encode(), KNOWN).problems
    assert found == tuple(f"line 2: {each}" for each in problem.split("|"))


def test_a_payout_that_is_there_twice_is_told_with_both_lines():
    data = f'{HEADER}{ALICE}{OBRIEN}2026-11-28-USD,alice,"A\nB",usd,9\n2026-11-28-EUR,alice,,EUR,9\n'
    assert read_list(data.encode(), KNOWN).problems == (
        "line 4: the same affiliate, currency and payout_id are on line 2",
    )


def test_without_a_directory_any_affiliate_is_known():
    assert read_list(f"{HEADER}p,carl,,USD,1\n".encode(), None).problems == ()


# the event


@pytest.mark.parametrize("payout", READ)
def test_the_event_of_a_payout_is_counted_as_it_stands(payout):
    document = to_document(payout, "2026-11-28T09:30:00.125Z")
    assert document == to_document(payout, "2026-11-28T09:30:00.125Z")
    assert to_event(decode_document(document), Source.SERVER, RULES) == CountedPayout(
        time=1_795_858_200_125,
        affiliate_id=payout.affiliate_id,
        currency=payout.currency,
        payout_id=payout.payout_id,
        micros=payout.micros,
    )


def test_each_payout_has_a_message_id_of_its_own():
    ids = {json.loads(to_document(each, "2026-11-28T09:30:00.125Z"))["messageId"] for each in READ}
    assert len(ids) == len(READ)


def test_amounts_for_people():
    assert [amount(micros) for micros in (1, 500_000, 1_234_000_000, 10_125_000)] == [
        "0.000001", "0.50", "1,234.00", "10.125",
    ]  # fmt: skip


# the command


@dataclass
class Program:
    """A bucket, and a Firehose whose deliveries are kept."""

    s3: Any
    firehose: Firehose
    delivered: list[DeliveredObject] = field(default_factory=list)

    def journal(self) -> Any:
        return json.loads(self.s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read())["payouts"]

    def sent(self) -> list[bytes]:
        """The documents since the last call. Each ends with a new line."""
        self.firehose.flush()
        bodies = [gzip.decompress(each.body) for each in self.delivered]
        assert all(each.key.startswith("events/server/") and body.endswith(b"\n") for each, body in zip(
            self.delivered, bodies, strict=True
        ))  # fmt: skip
        self.delivered.clear()
        return [document.data for body in bodies for document in documents([body], len)]


@pytest.fixture
def program(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """An empty bucket with a directory, and streams without records."""
    forget_objects(s3_url)
    delivered: list[DeliveredObject] = []
    listener = listen(0)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3_url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_FIREHOSE", f"http://127.0.0.1:{listener.getsockname()[1]}")
    prefixes = dict.fromkeys(("server", "affiliate-analytics-dev-server"), "events/server/")
    with (
        Firehose(prefixes, delivered.append, Hints(seconds=900)) as firehose,
        serving(firehose_api(firehose), listener),
        closing(boto3.client("s3")) as s3,
    ):
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        s3.put_object(Bucket=BUCKET, Key="directory/affiliates.json", Body=json.dumps(DIRECTORY))
        yield Program(s3, firehose, delivered)


Run = Callable[..., tuple[int, list[str], str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command on a list; its exit code, lines, and error."""
    (tmp_path / ".chalice").mkdir()
    (tmp_path / ".chalice/config.json").write_text((ROOT / ".chalice/config.json").read_text())
    monkeypatch.chdir(tmp_path)

    def run(text: str | None, *options: str, place: tuple[str, ...] = ("--bucket", BUCKET)) -> Any:
        Path("p.csv").write_text(text or "")
        command = ["list"] if text is None else ["record", "p.csv"]
        code = payouts.main([*command, *place, *options], tmp_path)
        said = capsys.readouterr()
        return code, said.out.splitlines(), said.err.rstrip()

    return run


def test_a_list_is_recorded_once(program, run):
    assert run(BOTH, "--yes") == (
        0,
        [
            "To record:",
            "  0.000001 EUR (payouts: 1)",
            "  1,234.50 USD (payouts: 1)",
            "Recorded: 2. Balances change as soon as Firehose has delivered them.",
        ],
        "",
    )
    events = [to_event(decode_document(each), Source.SERVER, RULES) for each in program.sent()]
    paid = [
        (each.affiliate_id, each.payout_id, each.micros) for each in events if isinstance(each, CountedPayout)
    ]
    assert paid == [("alice", "2026-11-28-USD", 1_234_500_000), ("O'Brien & Söhne", "2026-11-28-EUR", 1)]
    assert [entry["state"] for entry in program.journal()] == ["recorded", "recorded"]

    assert run(BOTH, "--yes") == (
        1,
        [
            "p.csv: recorded already:",
            "  line 2: 2026-11-28-USD of 'alice', 1,234.50 USD",
            '  line 3: 2026-11-28-EUR of "O\'Brien & Söhne", 0.000001 EUR',
        ],
        "payouts: Payouts that are recorded already: 2. To record only the others, add --skip-recorded.",
    )
    new = "2026-12-28-USD,alice,,USD,7\r\n"
    assert run(BOTH + new, "--yes", "--skip-recorded")[1][:3] == [
        "Recorded already, and left out: 2.", "To record:", "  7.00 USD (payouts: 1)",
    ]  # fmt: skip
    assert [json.loads(each)["properties"]["payout_id"] for each in program.sent()] == ["2026-12-28-USD"]
    assert run(BOTH + new, "--yes", "--skip-recorded") == (
        0, ["Nothing to record: all of them are recorded already."], "",
    )  # fmt: skip
    assert program.sent() == []
    assert [line.split("  ", 1)[1] for line in run(None)[1]] == [
        "recorded  2026-11-28-EUR  O'Brien & Söhne  0.000001 EUR",
        "recorded  2026-11-28-USD  alice  1,234.50 USD",
        "recorded  2026-12-28-USD  alice  7.00 USD",
    ]


def test_a_run_that_broke_off_is_repeated_with_the_same_events(program, run):
    code, _, error = run(HEADER + ALICE, "--yes", "--stream", "nowhere")
    assert (code, error) == (1, "payouts: There is no stream nowhere: check the name, and the region.")
    (entry,) = program.journal()
    assert (entry["state"], entry["micros"]) == ("pending", 1_234_500_000)

    assert run(BOTH, "--yes")[1][0] == "Pending from a run that broke off, and sent again: 1."
    assert program.sent()[0] == to_document(READ[0], entry["time"])[:-1]
    assert [each["state"] for each in program.journal()] == ["recorded", "recorded"]
    assert program.journal()[0]["time"] == entry["time"]


def test_an_amount_never_changes(program, run):
    run(HEADER + ALICE, "--yes")
    program.sent()
    assert run(HEADER + ALICE.replace("1234.5", "7"), "--yes", "--skip-recorded") == (
        1,
        ["p.csv: line 2: 2026-11-28-USD of 'alice' is recorded already, with 1,234.50 USD and not 7.00 USD"],
        OTHER_AMOUNT,
    )
    assert program.sent() == []


def test_the_same_amount_under_another_payout_id_is_pointed_out(program, run):
    run(HEADER + ALICE, "--yes")
    day = program.journal()[0]["time"][:10]
    assert run(HEADER + ALICE.replace("11-28", "11-29"))[1] == [
        "To record:",
        "  1,234.50 USD (payouts: 1)",
        f"Look at line 2: 'alice' was paid as much, 1,234.50 USD, as 2026-11-28-USD on {day}.",
    ]


def test_nothing_is_recorded_of_a_list_with_a_problem_or_without_an_answer(program, run):
    assert run(BOTH + "p,carl,,US,1\r\n", "--yes") == (
        1,
        [
            "p.csv: line 4: affiliate_id 'carl' is not in the directory",
            "p.csv: line 4: currency 'US' is not a currency such as USD",
        ],
        "payouts: p.csv is not a list of payouts, so nothing was recorded. Problems: 2.",
    )
    assert run(BOTH)[2] == (
        "payouts: Nothing was recorded: to confirm that you mean this, use a terminal or add --yes."
    )
    assert program.sent() == []
    assert run(None)[1] == [f"s3://{BUCKET}/{KEY} has no payouts."]


def test_long_lists_are_cut(program, run):
    many = HEADER + "".join(f"{number},alice,,USD,{number}\n" for number in range(1, 24))
    run(many, "--yes")
    assert run(many, "--yes")[1][-2:] == ["  line 21: 20 of 'alice', 20.00 USD", "  and 3 more"]


def test_a_stage_has_its_own_bucket_stream_and_directory(program, run, monkeypatch, s3_url):
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_url)
    with lambda_functions(lambda _: None) as functions:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", functions.url)
        assert run(HEADER + ALICE, "--yes", place=("--stage", "dev"))[0] == 0
    assert len(program.sent()) == 1
    assert len(program.journal()) == 1
    template = (PROJECT / "infra/storage.yaml").read_text()
    name = Stage(PROJECT, "affiliate-analytics", "${Stage}").server_stream
    assert f"DeliveryStreamName: !Sub {name}\n" in template


@pytest.mark.parametrize(
    ("bucket", "key", "body", "error"),
    [
        ("missing", KEY, b"", "There is no bucket missing: check the name, and the region."),
        (BUCKET, "directory/affiliates.json", b"[]",
         f"The directory is broken ({NO_OBJECT}), so ingest would count nothing: publish another first."),
        (BUCKET, KEY, b"[]",
         f"s3://{BUCKET}/{KEY} is not a journal of payouts: {NO_OBJECT}."),
    ],
)  # fmt: skip
def test_what_is_missing_or_broken_is_said(program, run, bucket, key, body, error):
    program.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    assert run(BOTH, "--yes", place=("--bucket", bucket)) == (1, [], f"payouts: {error}")


def test_a_file_that_cannot_be_read(program, tmp_path, capsys):
    assert payouts.main(["record", "nothing.csv", "--bucket", BUCKET], tmp_path) == 1
    assert capsys.readouterr().err == "payouts: nothing.csv cannot be read: No such file or directory.\n"


# any lists, one after another

AMOUNTS = st.integers(1, 2)
LISTS = st.dictionaries(st.sampled_from([("a", "USD", "1"), ("a", "EUR", "1"), ("b", "USD", "2")]), AMOUNTS)


@settings(max_examples=40)
@given(st.lists(st.tuples(LISTS, st.booleans()), max_size=6))
def test_whatever_breaks_off_a_payout_is_sent_with_one_time_and_amount(runs):
    journal, sent = Journal(), dict[Identity, bytes]()
    for number, (listed, breaks_off) in enumerate(runs):
        lines = [Payout(name, who, currency, micros) for (who, currency, name), micros in listed.items()]
        found = plan([Line(place, payout) for place, payout in enumerate(lines, 2)], journal)
        assert len(lines) == len(found.to_send) + len(found.recorded) + len(found.different)
        if found.different:
            continue
        journal = journal.begin([line.payout for line in found.new], f"2026-11-2{number}T00:00:00.000Z")
        known = journal.by_identity()
        for line in found.to_send:
            entry = known[line.payout.identity]
            document = to_document(entry, entry.time)
            assert sent.setdefault(entry.identity, document) == document
        if not breaks_off:
            journal = journal.finish(frozenset(line.payout.identity for line in found.to_send))
    assert journal.by_identity().keys() == sent.keys()
    assert len(journal.payouts) == len(sent)


# two people at once, and a Firehose that is busy


def test_of_two_who_record_at_once_one_is_refused_and_both_finish(program):
    place = JournalObject(program.s3, BUCKET, KEY)
    for payout in READ:  # the first journal, and the next one
        seen = place.read()
        place.begin(seen, [payout], "2026-11-28T09:30:00.125Z")
        with pytest.raises(
            InfraError, match="Somebody else has recorded payouts meanwhile, so nothing was sent"
        ):
            place.begin(seen, [payout], "2026-11-28T09:30:00.126Z")
    place.finish(frozenset({READ[0].identity}))
    place.finish(frozenset({READ[1].identity}))
    assert {entry["state"] for entry in program.journal()} == {"recorded"}


def test_a_journal_that_is_always_written_by_others_is_left_pending():
    class Busy(JournalObject):
        def read(self) -> Kept:
            return Kept(Journal(), '"old"')

        def _write(self, journal: Journal, etag: str) -> bool:
            return False

    with pytest.raises(InfraError, match="All payouts were sent, but s3://b/k could not be written"):
        Busy(None, "b", "k").finish(frozenset())


def test_records_that_firehose_refuses_are_put_again():
    refusals = [{0, 2}, {1}, set(), *[{0}] * 4]
    seen: list[list[bytes]] = []

    def answer(request: Any) -> Any:
        seen.append([each["Data"] for each in json.loads(request.body)["Records"]])
        refused = refusals.pop(0)
        results = [
            {"ErrorCode": "ServiceUnavailableException"} if place in refused else {"RecordId": "r"}
            for place in range(len(seen[-1]))
        ]
        return as_json({"FailedPutCount": len(refused), "RequestResponses": results})

    waited: list[float] = []
    with scripted(answer) as server, closing(boto3.client("firehose", endpoint_url=server.url)) as client:
        stream = Stream(client, "server", waited.append)
        stream.put([b"a", b"b", b"c"])
        with pytest.raises(InfraError, match=r"did not take 1 payouts \(ServiceUnavailableException\)"):
            stream.put([b"a"])
    assert [len(batch) for batch in seen] == [3, 2, 1, 1, 1, 1, 1]
    assert seen[2] == seen[0][2:]
    assert waited == [0, *WAITS[:2], 0, *WAITS]


def test_many_payouts_are_put_in_several_requests(program):
    with closing(boto3.client("firehose")) as client:
        Stream(client, "server").put([b'{"n":%d}\n' % number for number in range(501)])
    assert len(program.sent()) == 501


def test_the_journal_is_a_text_that_people_can_read(program):
    JournalObject(program.s3, BUCKET, KEY).begin(Kept(Journal(), ""), READ[1:], "2026-11-28T09:30:00.125Z")
    body = program.s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read()
    assert msgspec.json.decode(body) == {
        "payouts": [
            {
                "payout_id": "2026-11-28-EUR",
                "affiliate_id": "O'Brien & Söhne",
                "currency": "EUR",
                "micros": 1,
                "time": "2026-11-28T09:30:00.125Z",
                "state": "pending",
            }
        ]
    }
    assert b'\n   "payout_id": "2026-11-28-EUR",\n' in body
