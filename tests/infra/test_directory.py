"""`python -m infra.directory`: what is checked, what is published, and that no code ever moves."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.directory import Listing, decode_listing, parse_directory, problems
from infra.directory import __main__ as directory
from infra.directory.changes import compare
from infra.kept_object import KeptObject
from tests.deployment import BUCKET, forget_objects
from tests.infra.functions import SETTINGS, Functions, lambda_functions
from tests.infra.project import ROOT

KEY = "directory/affiliates.json"
ALICE = {"id": "alice", "name": "Alice", "codes": ["ALICE15"]}
BOB = {"id": "bob", "codes": ["BOB10", "Bob20"]}
AT = f"s3://{BUCKET}/{KEY}"
ONLY_THESE = "With a directory, events for any other affiliate are left out as unknown_affiliate."
BROKEN = "The published directory is broken, so ingest has stopped"
ID_RULE = "an id has 1 to 128 printable characters, no white space around it and no slash at its end"


@pytest.fixture
def s3(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty bucket."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_url)
    forget_objects(s3_url)
    with closing(boto3.client("s3")) as client:
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield client


@pytest.fixture
def functions(s3: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Functions]:
    """The deployed `ingest`, which tells of its settings."""
    with lambda_functions(lambda _: None) as functions:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", functions.url)
        yield functions


Run = Callable[..., tuple[int, list[str], str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command on a file with these affiliates; its exit code, lines, and error."""
    (tmp_path / ".chalice").mkdir()
    (tmp_path / ".chalice/config.json").write_text((ROOT / ".chalice/config.json").read_text())
    monkeypatch.chdir(tmp_path)

    def run(command: str, *affiliates: Any, options: tuple[str, ...] = (), **more: Any) -> Any:
        Path("d.json").write_text(json.dumps({"affiliates": affiliates, **more}))
        code = directory.main([command, "d.json", *options], tmp_path)
        said = capsys.readouterr()
        return code, said.out.splitlines(), said.err.rstrip()

    return run


def publish(run: Run, *affiliates: Any, options: tuple[str, ...] = (), **more: Any) -> Any:
    return run("publish", *affiliates, options=("--bucket", BUCKET, *options), **more)


def published(s3: Any) -> Any:
    answer = s3.get_object(Bucket=BUCKET, Key=KEY)
    assert answer["ContentType"] == "application/json"
    return json.loads(answer["Body"].read())


# check


def test_a_file_without_problems_is_counted(run):
    assert run("check", ALICE, BOB, retired={"OLD": "alice"}) == (
        0,
        ["d.json has no problems. Affiliates: 2, codes: 3, retired codes: 1."],
        "",
    )


def test_all_problems_of_a_file_are_told(run):
    code, lines, error = run("check", ALICE, ALICE, {"id": "carl", "codes": ["", "alice15"]})
    assert (code, error) == (1, "directory: d.json is not a directory. Problems: 3.")
    assert lines == [
        "d.json: the affiliate 'alice' is there twice",
        "d.json: the code '' of 'carl': a code has 1 to 64 bytes in UTF-8, and can be printed",
        "d.json: the code 'alice15' is of two affiliates: 'alice' and 'carl'",
    ]


def test_a_file_that_cannot_be_read(run, tmp_path, capsys):
    assert run("check", {"id": 1}) == (
        1, [], "directory: d.json: Expected `str`, got `int` - at `$.affiliates[0].id`."
    )  # fmt: skip
    assert directory.main(["check", "nothing.json"], tmp_path) == 1
    assert capsys.readouterr().err == "directory: nothing.json cannot be read: No such file or directory.\n"


def test_a_file_is_compared_and_nothing_is_written(run, s3):
    publish(run, ALICE, BOB)
    before = published(s3)
    code, lines, error = run(
        "check",
        {"id": "alice", "name": "Alice S.", "codes": ["ALICE15", "ALICE20"]},
        {"id": "carl"},
        options=("--bucket", BUCKET),
    )
    assert (code, lines[1:], error) == (
        0,
        [
            f"Compared with {AT}:",
            "  affiliates added: carl",
            "  affiliates removed: bob",
            "  affiliates with another name: alice",
            "  codes added: ALICE20 (alice)",
            "  codes retired: BOB10 (bob), Bob20 (bob)",
        ],
        "",
    )
    assert published(s3) == before


def test_long_lists_are_cut(run, s3):
    publish(run, ALICE)
    many = [{"id": f"new-{number:02}"} for number in range(1, 13)]
    _, lines, _ = run("check", ALICE, *many, options=("--bucket", BUCKET))
    shown = ", ".join(f"new-{number:02}" for number in range(1, 11))
    assert lines[2:] == [f"  affiliates added: {shown} and 2 more"]


# publish


def test_the_first_directory_is_published_with_what_is_known_and_nothing_else(run, s3):
    code, lines, error = publish(run, {**ALICE, "email": "alice@example.com"}, BOB, version=2)
    assert (code, error) == (0, "")
    assert lines[1:] == [
        f"Nothing is published at {AT} yet. {ONLY_THESE}",
        "Published. It counts from the next object of events on.",
    ]
    assert published(s3) == {"affiliates": [ALICE, BOB]}


def test_a_stage_has_its_own_bucket_and_key(run, s3, functions):
    functions.settings = {**SETTINGS, "DIRECTORY_KEY": "elsewhere/who.json"}
    assert run("publish", ALICE, options=("--stage", "dev"))[0] == 0
    body = s3.get_object(Bucket=BUCKET, Key="elsewhere/who.json")["Body"].read()
    assert json.loads(body) == {"affiliates": [ALICE]}
    assert run("check", ALICE, options=("--stage", "dev"))[1][1:] == [
        f"s3://{BUCKET}/elsewhere/who.json has the same affiliates and codes."
    ]


def test_the_same_directory_is_not_written_again(run, s3):
    publish(run, ALICE)
    before = s3.head_object(Bucket=BUCKET, Key=KEY)["LastModified"]
    code, lines, _ = publish(run, ALICE)
    assert (code, lines[1:]) == (0, [f"{AT} has the same affiliates and codes."])
    assert s3.head_object(Bucket=BUCKET, Key=KEY)["LastModified"] == before


def test_a_code_that_is_not_listed_any_more_is_retired_and_stays(run, s3):
    publish(run, ALICE, BOB)
    publish(run, ALICE, {"id": "bob", "codes": ["BOB10"]})
    assert published(s3)["retired"] == {"Bob20": "bob"}
    publish(run, ALICE, options=("--yes",))
    assert published(s3) == {"affiliates": [ALICE], "retired": {"BOB10": "bob", "Bob20": "bob"}}
    publish(run, ALICE, {"id": "bob", "codes": ["bob10"]})
    assert published(s3)["retired"] == {"Bob20": "bob"}


def test_a_code_does_not_move(run, s3):
    publish(run, ALICE, BOB, retired={"OLD": "alice"})
    before = published(s3)
    code, lines, error = publish(
        run, ALICE, {"id": "bob", "codes": ["old"]}, {"id": "carl", "codes": ["bob20 ", "CARL"]}
    )
    assert (code, lines[-2:]) == (
        1,
        [
            "The code 'old' is of 'alice', and would move to 'bob'.",
            "The code 'bob20 ' is of 'bob', and would move to 'carl'.",
        ],
    )
    assert error == (
        "directory: Codes that would move to another affiliate: 2. A code stays its affiliate's for ever: "
        "else, an order that is sent again would be credited twice. Give the other affiliate a new code."
    )
    assert published(s3) == before
    assert publish(run, ALICE, BOB, retired={"OLD": "bob"}, options=("--yes",))[0] == 1


def test_affiliates_are_removed_only_after_a_question(run, s3):
    publish(run, ALICE, BOB)
    code, lines, error = publish(run, ALICE)
    assert (code, lines[2]) == (1, "  affiliates removed: bob")
    assert error == (
        "directory: Nothing was published: to confirm that you mean this, use a terminal or add --yes."
    )
    assert len(published(s3)["affiliates"]) == 2
    assert publish(run, ALICE, options=("--yes",))[0] == 0
    assert published(s3)["affiliates"] == [ALICE]


def test_two_who_publish_at_once_do_not_overwrite_each_other(s3):
    place = KeptObject(s3, BUCKET, KEY)
    for _ in range(2):
        seen = place.read()
        assert place.write(b"%d" % len(seen.body), seen)
        assert not place.write(b"", seen)
    seen = place.read()
    s3.delete_object(Bucket=BUCKET, Key=KEY)
    assert not place.write(b"", seen)


def test_a_directory_with_a_problem_is_replaced_and_its_codes_are_kept(run, s3):
    twice = {"id": "bob", "codes": ["alice15", "BOB10"]}
    broken = {"affiliates": [ALICE, twice, {"id": "eve/", "codes": ["EVE"]}]}
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=json.dumps(broken))
    code, lines, _ = publish(run, ALICE, {"id": "bob"}, {"id": "eve", "codes": ["EVE"]}, options=("--yes",))
    assert (code, lines[1]) == (
        0,
        f"{BROKEN}: the affiliate 'eve/': {ID_RULE}.",
    )
    assert published(s3)["retired"] == {"BOB10": "bob"}


def test_a_directory_that_cannot_be_read_is_replaced_only_after_a_question(run, s3):
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"affiliates")
    code, lines, _ = publish(run, ALICE)
    assert (code, lines[1:3]) == (
        1,
        [
            f"{BROKEN}: not JSON in UTF-8: JSON is malformed: invalid character (byte 0).",
            "Which codes it had cannot be known. This one must have them all, retired ones too.",
        ],
    )
    assert publish(run, ALICE, options=("--yes",))[0] == 0
    assert published(s3) == {"affiliates": [ALICE]}


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("--bucket", "missing"), "There is no bucket missing: check the name, and the region."),
        (("--stage", "prod"), "The stage prod is not deployed in eu-west-1 of account 123456789012:"),
        (("--stage", "staging"), ".chalice/config.json has no stage 'staging': choose from dev, prod."),
    ],
)
def test_what_is_missing_is_said(run, functions, options, error):
    code, _, said = run("publish", ALICE, options=options)
    assert code == 1
    assert said.startswith(f"directory: {error}")


def test_to_publish_a_place_is_needed(run, capsys):
    with pytest.raises(SystemExit):
        run("publish", ALICE)
    assert "one of the arguments --stage --bucket is required" in capsys.readouterr().err


# any directories, one after another

NAMES = st.sampled_from(["a", "b", "c"])
CODES = st.sampled_from(["X", "x ", "Y", "Z", "ß", "SS"])
ENTRIES = st.fixed_dictionaries({"id": NAMES}, optional={"codes": st.lists(CODES, max_size=3)})
OBJECTS = st.fixed_dictionaries(
    {"affiliates": st.lists(ENTRIES, max_size=3)},
    optional={"retired": st.dictionaries(CODES, NAMES, max_size=3)},
)


@given(st.lists(OBJECTS, max_size=6))
def test_whatever_is_published_a_code_has_one_affiliate_for_ever(objects):
    last: Listing | None = None
    owners: Mapping[str, str] = {}
    for each in objects:
        listing = decode_listing(msgspec.json.encode(each))
        if list(problems(listing)) or (changes := compare(listing, last)).moves:
            continue
        last = changes.listing
        known = parse_directory(msgspec.json.encode(last)).codes
        assert known.items() >= owners.items()
        assert known.items() >= parse_directory(msgspec.json.encode(each)).codes.items()
        owners = known


@given(OBJECTS, OBJECTS)
def test_a_directory_is_repaired_whatever_is_wrong_with_it(broken, right):
    given = decode_listing(msgspec.json.encode(right))
    if list(problems(given)):
        return
    changes = compare(given, decode_listing(msgspec.json.encode(broken)))
    assert changes.moves or list(problems(changes.listing)) == []
