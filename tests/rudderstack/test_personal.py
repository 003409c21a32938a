"""Personal data in paths and campaigns: what is replaced, and what is left alone."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rudderstack.personal import redacted_path, redacted_text


@pytest.mark.parametrize(
    ("path", "redacted"),
    [
        ("/u/jane.doe@example.com/reset/SECRET-TOKEN", "/u/(email)/reset/(token)"),
        ("/u/jane.doe%40example.com", "/u/(email)"),
        ("/u/jane%2540example.com/", "/u/(email)/"),
        ("/u/mailto:jane@example.com", "/u/mailto:(email)"),
        ("/tel/+49%20170%201234567", "/tel/(phone)"),
        ("/tel/555-123-4567", "/tel/(phone)"),
        ("/tel/(555)%20123-4567", "/tel/(phone)"),
        ("/tel/0170-1234567", "/tel/(phone)"),
        ("/tel/06.12.34.56.78", "/tel/(phone)"),
        ("/tel/4915112345678", "/tel/(phone)"),
        ("/o/123e4567-e89b-12d3-a456-426614174000/a", "/o/(token)/a"),
        ("/x/507f1f77bcf86cd799439011", "/x/(token)"),
        ("/x/0123456789abcdef", "/x/(token)"),
        ("/x/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.abcDEF123", "/x/(token)"),
        ("/x/dGhpcyBpcyBhIHNlY3JldA==", "/x/(token)"),
        ("/p;jsessionid=1A530637289A03B07199A44E8D531427", "/(token)"),
        ("/reset/Xk3-9fQ", "/reset/(token)"),
        ("/verify-email/482910", "/verify-email/(token)"),
        ("/Invite/ABCDEF", "/Invite/(token)"),
    ],
)
def test_personal_data_in_a_path_are_replaced(path, redacted):
    assert redacted_path(path) == redacted


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/courses/the-complete-serverless-framework-course-2024",
        "/blog/2023/11/06/iphone15-vs-galaxys24-comparison",
        "/2023-11-06-10-35",
        "/news/01-02-2024",
        "/intro-to-s3-and-ec2-and-k8s",
        "/Donaudampfschifffahrtsgesellschaft",
        "/caf%C3%A9",
        "/@jane/post",
        "/password/reset",
        "/docs/token/refresh-guide",
        "/monkey/Business",
        "/invite/2",
        "/order/1001",
        "/100%/a%",
        "/product/12345678",
    ],
)
def test_other_paths_are_left_alone(path):
    assert redacted_path(path) == path


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("jane@example.com", "(email)"),
        ("for jane@example.com, again", "for (email), again"),
        ("jane%40example.com", "(email)"),
        ("+14155550123", "(phone)"),
        (" 49 170 1234567", " (phone)"),  # a plus sign that was read as a space
        ("06 12 34 56 78", "(phone)"),
        ("a8f5f167f44f4964e6c998dee827110c", "(token)"),
        ("spring sale", "spring sale"),
        ("Black Friday 2024", "Black Friday 2024"),
        ("newsletter 2024-11-05", "newsletter 2024-11-05"),
        ("120210123456780123", "120210123456780123"),  # a campaign's id at an advertiser
        ("20938475610", "20938475610"),
        ("50% off", "50% off"),
    ],
)
def test_personal_data_in_a_campaign_are_replaced(text, redacted):
    assert redacted_text(text) == redacted


names = st.text("abcdefghijklmnopqrstuvwxyzABC0123456789._-+", min_size=1, max_size=30)
emails = st.builds("{}@{}.{}".format, names, names, st.sampled_from(["com", "example", "co.uk"]))
digits = st.text("0123456789", min_size=7, max_size=12)
phones = st.one_of(
    st.builds("+{}{}".format, st.integers(1, 9), digits),
    st.builds("+{} {} {}".format, st.integers(1, 99), st.integers(100, 999), st.integers(10000, 9999999)),
)
uuids = st.uuids().map(str)
tokens = st.binary(min_size=16, max_size=64).map(bytes.hex).filter(lambda text: not text.isdigit())
parts = st.text(st.characters(codec="utf-8", exclude_characters="/?#@%"), max_size=20)
encodings = st.sampled_from([lambda text: text, quote, lambda text: quote(quote(text))])


@given(secret=emails | phones | uuids | tokens, before=parts, after=parts, encode=encodings)
def test_no_secret_is_left_in_a_path(secret, before, after, encode):
    redacted = redacted_path(f"/{before}/{encode(secret)}/{after}")
    assert secret not in redacted
    assert encode(secret) not in redacted


@given(secret=emails | phones | uuids | tokens, encode=encodings)
def test_no_secret_is_left_in_a_campaign(secret, encode):
    redacted = redacted_text(encode(secret))
    assert secret not in redacted
    assert encode(secret) not in redacted


@given(st.text())
def test_what_is_redacted_stays_as_it_is(text):
    once = redacted_path(text)
    assert redacted_path(once) == once


@given(st.sampled_from(["/", "/a", "/jane@example.com", "x"]), emails)
def test_a_secret_is_not_cut_in_two_at_the_end_of_what_is_read(filler, email):
    for length in range(1000, 1030):
        path = (filler * 1024)[:length] + "/" + email
        assert email.partition("@")[0] + "@" not in redacted_path(path)
