"""What holds of every recipe and every webhook, however strange."""

import json
from copy import deepcopy
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.errors import EventError
from chalicelib.events import Commission, LeftOut
from devstack.environment import PROJECT
from tests.recipes import test_lemon_squeezy as lemon
from tests.recipes import test_paddle as paddle
from tests.recipes import test_stripe as stripe
from tests.recipes.conftest import LATER, Outcome, Recipes

RECIPES = ("paddle", "lemon-squeezy", "stripe")
SAME = "\n// From here on, all recipes are the same.\n"


class Webhook(NamedTuple):
    """A webhook, and what the provider's API answers."""

    recipe: str
    body: dict[str, Any]
    answers: dict[str, Any]


def by_code(body: dict[str, Any]) -> dict[str, Any]:
    return lemon.attributes({**body, "meta": {**body["meta"], "custom_data": None}}, {"discount_total": 735})


WEBHOOKS = [
    Webhook("paddle", paddle.SALE, {}),
    Webhook("paddle", paddle.REFUND, paddle.answer()),
    Webhook("paddle", paddle.REFUND, paddle.answer(paddle.BY_CODE, code="ALICE15")),
    Webhook("lemon-squeezy", lemon.SALE, {}),
    Webhook("lemon-squeezy", by_code(lemon.SALE), lemon.REDEMPTIONS),
    Webhook("lemon-squeezy", lemon.REFUND, {}),
    Webhook("lemon-squeezy", lemon.RENEWAL, {}),
    Webhook("lemon-squeezy", lemon.RENEWAL_REFUND, {}),
    Webhook("stripe", stripe.SALE, {}),
    Webhook("stripe", stripe.RENEWAL, {}),
    Webhook("stripe", stripe.REFUND, stripe.of_session()),
    Webhook("stripe", stripe.REFUND, stripe.of_invoice()),
    Webhook("stripe", stripe.DISPUTE, stripe.of_session()),
]

webhooks = st.sampled_from(WEBHOOKS)
texts = ("", " ", "x", "-1", "1e5", "0", "9" * 40, "\ud800")
strange: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, False, 0, -1, 0.5, 1e300, 10**30, [], {}, [[]], *texts]
)


@st.composite
def changed_somewhere(draw: st.DrawFn, value: Any) -> Any:
    """The value with a part anywhere in it missing, or of another type."""
    value = deepcopy(value)
    for _ in range(draw(st.integers(1, 3))):
        place = value
        while isinstance(place, dict | list) and place:
            name = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
            if isinstance(place[name], dict | list) and place[name] and draw(st.integers(0, 4)):
                place = place[name]
                continue
            if draw(st.booleans()):
                place[name] = deepcopy(draw(strange))
            else:
                del place[name]
            break
    return value


@pytest.mark.parametrize("given_webhook", WEBHOOKS)
def test_a_webhook_that_comes_again_is_the_same_entry(recipes: Recipes, given_webhook: Webhook) -> None:
    first = recipes.run(*given_webhook)
    again = recipes.run(*given_webhook, receipt=LATER)
    assert first.event
    assert again.event
    assert first.event["messageId"] == again.event["messageId"]
    assert first.entry() == again.entry()


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("body", [None, [], [1], "text", 0, True, {}, {"data": None}, {"data": []}])
def test_what_is_not_a_webhook_is_dropped(recipes: Recipes, recipe: str, body: object) -> None:
    assert recipes.run(recipe, body) == Outcome()


@pytest.mark.parametrize("recipe", RECIPES)
def test_an_event_of_another_source_stays_as_it_is(recipes: Recipes, recipe: str) -> None:
    event = json.loads(
        (PROJECT / "tests/wire/events/09_track_order_refunded.json").read_text(encoding="utf-8")
    )
    assert recipes.run_event(recipe, event) == Outcome(event)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), webhook=webhooks)
def test_a_strange_webhook_is_dropped_or_counted_or_a_dead_letter(
    recipes: Recipes, data: st.DataObject, webhook: Webhook
) -> None:
    body = data.draw(changed_somewhere(webhook.body))
    check(recipes.run(webhook.recipe, body, webhook.answers))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), webhook=st.sampled_from([webhook for webhook in WEBHOOKS if webhook.answers]))
def test_a_strange_answer_is_no_error(recipes: Recipes, data: st.DataObject, webhook: Webhook) -> None:
    answers = {url: data.draw(changed_somewhere(answer)) for url, answer in webhook.answers.items()}
    outcome = recipes.run(webhook.recipe, webhook.body, answers)
    assert not outcome.error or "was asked 3 times: it answers 404" in outcome.error  # of something else
    if not outcome.error:
        check(outcome)


def check(outcome: Outcome) -> None:
    assert not outcome.error or "it answers 404" in outcome.error, outcome
    if outcome.event is None:
        return
    assert outcome.event["event"] in ("Order Completed", "Order Refunded")
    assert "e" not in str(outcome.properties.get("revenue", ""))
    try:
        counted = outcome.counted()
    except EventError:
        return  # a dead letter
    if isinstance(counted, LeftOut):
        assert counted in (LeftOut.UNKNOWN_AFFILIATE, LeftOut.UNKNOWN_CODE, LeftOut.NO_AFFILIATE)
        return
    assert isinstance(counted, Commission)
    assert counted.affiliate_id == "alice"
    assert counted.order_id
    assert counted.entry_id
    assert counted.revenue == counted.micros * 2 != 0


def test_all_recipes_end_in_the_same_way() -> None:
    """Each is pasted alone, so that none can import what they share."""
    sources = {(PROJECT / f"docs/recipes/{recipe}.js").read_text(encoding="utf-8") for recipe in RECIPES}
    assert len({source.partition(SAME)[2] for source in sources} - {""}) == 1


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_page_has_each_recipes_webhooks_and_credential(recipe: str) -> None:
    source = (PROJECT / f"docs/recipes/{recipe}.js").read_text(encoding="utf-8")
    page = (PROJECT / "docs/recipes/README.md").read_text(encoding="utf-8")
    events = [line.split("'")[1] for line in source.splitlines() if line.startswith("    case '")]
    assert events
    assert [name for name in events if f"`{name}`" not in page] == []
    credential = json.loads(source.split("CREDENTIAL = ")[1].split(";")[0].replace("'", '"'))
    assert f"`{credential}`" in page
