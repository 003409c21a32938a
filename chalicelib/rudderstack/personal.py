"""Finds personal data in texts that an affiliate may read, and replaces it with placeholders."""

import re
from functools import lru_cache
from urllib.parse import quote, unquote

EMAIL, PHONE, TOKEN = "(email)", "(phone)", "(token)"

MAX_TEXT = 1024
"""Characters that are looked at. What is stored of any text is far shorter."""

# A name must begin where a word begins: if it could begin anywhere, a long word would be read once from each
# of its characters.
_NAME, _BETWEEN_NAMES = r"[^\s/@:;,<>()\[\]]", r"(?<![^\s/@:;,<>()\[\]])"
_EMAIL = re.compile(rf"{_BETWEEN_NAMES}{_NAME}++@{_NAME}+\.{_NAME}+")
_PHONE = re.compile(
    r"""
    (?<!\w)
    (?: (?:\+|00)[ .-]?\d(?:[ .()-]{0,2}\d){6,14}                # international: +49 170 1234567
      | (?=(?:\ ?\d){10,15}(?!\d))\d{1,3}(?:\ \d{2,8}){2,4}      # the same, where + was read as a space
      | \(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}                     # North American: (555) 123-4567
      | 0\d{2,4}[ .-]\d{3,8}(?:[ .-]\d{2,4})?                    # national: 0170-1234567, 020 7946 0958
      | 0\d(?:[ .-]\d{2}){4}                                     # national: 06 12 34 56 78
      | 0\d{8,11}
    )
    (?!\w)
    """,
    re.VERBOSE | re.ASCII,
)
_NUMBER = re.compile(r"(?<![\w])\d{9,15}(?![\w])", re.ASCII)
"""In a path, perhaps a phone number; in a campaign's name, the campaign's own id at an advertiser."""

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9]+")
_BEFORE_SECRET = re.compile(
    r"(?<![a-z])(?:activat(?:e|ion)|auth|confirm(?:ation)?|invit(?:e|ation)|magic|passw(?:or)?d|recover(?:y)?"
    r"|reset|secret|token|unsubscribe|verif(?:y|ication))(?![a-z])",
    re.IGNORECASE,
)
"""In a path, the part before a secret: `/reset/Xk3-9fQ`."""

_SECRET = re.compile(r"(?=.*[A-Z0-9]).{6,}")
_MIXED_WORD, _MIXED_WORDS, _LONG_WORD = 16, 20, 20
_SHORTEST = len("a@b.c")


def redacted_path(path: str) -> str:
    """The path with placeholders for what looks like an e-mail address, a phone number or a secret.

    Reads the first MAX_TEXT characters, and leaves out the part of the path that they end in.
    """
    return _redacted_path(path if len(path) <= MAX_TEXT else path[:MAX_TEXT].rpartition("/")[0])


def redacted_text(text: str) -> str:
    """A campaign's name, source or medium with the same placeholders. Reads the first MAX_TEXT characters."""
    return _redacted_text(text[:MAX_TEXT])


def redacted_link(link: str) -> str:
    """An affiliate's own name for a link, with a placeholder for what looks like an e-mail address.

    A newsletter's template may write its reader's. Numbers and tokens stay: affiliates know a link by them.
    Reads the first MAX_TEXT characters.
    """
    if "@" not in link and "%" not in link:  # as nearly all are
        return link[:MAX_TEXT]
    decoded = _decoded(link[:MAX_TEXT])
    redacted = _EMAIL.sub(EMAIL, decoded)
    return link[:MAX_TEXT] if redacted == decoded else redacted


@lru_cache(maxsize=1024)
def _redacted_path(path: str) -> str:
    """Cached, since a site has few paths."""
    parts, before = [], ""
    for part in path.split("/"):
        if len(part) < _SHORTEST:
            parts.append(part)
        elif _BEFORE_SECRET.search(before) and _SECRET.fullmatch(part):
            parts.append(TOKEN)
        else:
            parts.append(_redacted(part, (_PHONE, _NUMBER)))
        before = part
    return "/".join(parts)


@lru_cache(maxsize=1024)
def _redacted_text(text: str) -> str:
    """Cached, since a site has few campaigns."""
    return _redacted(text, (_PHONE,))


def _redacted(text: str, phones: tuple[re.Pattern[str], ...]) -> str:
    decoded = _decoded(text)
    redacted = _EMAIL.sub(EMAIL, decoded) if "@" in decoded else decoded
    for phone in phones:
        redacted = phone.sub(PHONE, redacted)
    redacted = _UUID.sub(TOKEN, redacted)
    if _has_token(redacted):
        return TOKEN
    if redacted == decoded:
        return text
    return redacted if decoded == text else quote(redacted, safe="()")


def _decoded(text: str) -> str:
    """Percent-decoded until nothing changes, since an address in an address is encoded twice."""
    for _ in range(4):
        if "%" not in text or (decoded := unquote(text)) == text:
            break
        text = decoded
    return text


def _has_token(text: str) -> bool:
    """Whether there are letters and digits mixed as in a secret: in one long word, or in several words."""
    mixed = [len(word) for word in _WORD.findall(text) if _is_mixed(word)]
    return sum(mixed) >= _MIXED_WORDS or max(mixed, default=0) >= _MIXED_WORD


def _is_mixed(word: str) -> bool:
    if word.isdigit():
        return False
    if word.isalpha():
        return len(word) >= _LONG_WORD and not (word.islower() or word.isupper() or word.istitle())
    return True
