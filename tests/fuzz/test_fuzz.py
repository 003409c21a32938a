"""The fuzzing command reports inputs that go wrong, and finds none in this project."""

import json
from pathlib import Path

import pytest

from tests.fuzz import trials
from tests.fuzz.__main__ import main
from tests.fuzz.trials import check, try_mutations


def test_no_mutation_goes_wrong() -> None:
    number, problems = try_mutations(first=0, number=300)
    assert (number, problems) == (300, [])


def test_an_input_that_raises_an_error_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def ingest(_body: bytes, _folder: str) -> None:
        raise KeyError("properties")

    monkeypatch.setattr(trials, "ingest", ingest)
    problem = check("seed 1", b"{}", "web")
    assert problem == ("seed 1", "KeyError: 'properties'")


def test_an_outcome_that_does_not_add_up_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    class Outcome:
        def to_json(self) -> dict[str, object]:
            counts = {"written": 1, "duplicates": 0, "left_out": {}, "malformed": {}, "rejected": {}}
            return counts | {"documents": 2}

    monkeypatch.setattr(trials, "ingest", lambda _body, _folder: Outcome())
    problem = check("seed 1", b"{}", "web")
    assert problem is not None
    assert problem.words.startswith("does not add up: ")


def test_every_document_of_a_folder_is_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nested = {"input": [{"message": {"type": "page", "messageId": "m"}}, {"event": "Order Completed"}]}
    (tmp_path / "events.json").write_text(json.dumps(nested))
    (tmp_path / "damaged.json").write_text("{")
    assert main(["--documents", str(tmp_path)]) == 0
    # The two files, the two events in one of them, and all of these as one object, joined in two ways.
    assert capsys.readouterr().out == "6 inputs: 0 went wrong.\n"


def test_a_folder_without_documents_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--documents", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"fuzz: {tmp_path} has no JSON files.\n"
