"""Objects to ingest: page views as RudderStack's JavaScript SDK sends them, the same for the same seed."""

import gzip
import json
import random
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from uuid import UUID

SITES = ("www.example-courses.com", "learn.example.org", "blog.example.net")
PATHS = ("/", "/workshop", "/workshop/curriculum", "/pricing", "/caf%C3%A9", "/blog/serverless-in-production")
TITLES = ("Production-Ready Workshop", "Curriculum", 'Tom & "Jerry" }{ <b>', "Préparation 🎉", "Pricing")
REFERRERS = (
    "$direct",
    "https://blog.alice.dev/",
    "https://www.google.com/",
    "https://news.example.net/item?id=1",
)
_MAC, _PHONE = "Macintosh; Intel Mac OS X 10_15_7", "iPhone; CPU iPhone OS 17_1 like Mac OS X"
AGENTS = (
    f"Mozilla/5.0 ({_MAC}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36",
    f"Mozilla/5.0 ({_PHONE}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148",
    "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/119.0",
)
START = datetime(2026, 1, 1, tzinfo=UTC)
SEED = 7


def write_object(path: Path, megabytes: float, seed: int = SEED) -> int:
    """Write a gzip object of `megabytes` uncompressed, as Firehose does. Returns the number of its events.

    It has at least one. The memory that this takes does not depend on the size.
    """
    events, size = 0, 0
    compressor = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    with path.open("wb") as file:
        for event in page_views(seed):
            file.write(compressor.compress(event))
            events, size = events + 1, size + len(event)
            if size >= megabytes * 1_000_000:
                break
        file.write(compressor.flush())
    return events


def write_objects(folder: Path, count: int) -> int:
    """Write `count` objects of one to five events, named by number. Returns the number of events."""
    events = page_views()
    for number in range(count):
        content = b"".join(islice(events, number % 5 + 1))
        (folder / f"{number}.gz").write_bytes(gzip.compress(content))
    return sum(number % 5 + 1 for number in range(count))


def page_views(seed: int = SEED) -> Iterator[bytes]:
    """An endless series of page views, each with an affiliate in its address: others for another seed."""
    generator = random.Random(seed)
    moment = START
    while True:
        moment += timedelta(milliseconds=generator.randrange(1, 400))
        yield _to_json(_page_view(generator, moment))


def _page_view(generator: random.Random, moment: datetime) -> dict[str, object]:
    site, path, title = generator.choice(SITES), generator.choice(PATHS), generator.choice(TITLES)
    referrer, campaign = generator.choice(REFERRERS), f"c{generator.randrange(40)}"
    search = f"?ref=affiliate{generator.randrange(300)}&utm_source=newsletter&utm_campaign={campaign}"
    page = {
        "initial_referrer": referrer,
        "initial_referring_domain": "",
        "path": path,
        "referrer": referrer,
        "referring_domain": "",
        "search": search,
        "tab_url": f"https://{site}{path}{search}#pricing",
        "title": title,
        "url": f"https://{site}{path}{search}",
    }
    received = moment + timedelta(milliseconds=generator.randrange(80, 600))
    return {
        "anonymousId": str(UUID(int=generator.randrange(1 << 16), version=4)),
        "channel": "web",
        "context": {
            "app": {
                "installType": "cdn",
                "name": "RudderLabs JavaScript SDK",
                "namespace": "com.rudderlabs.javascript",
                "version": "3.31.6",
            },
            "campaign": {"name": campaign, "source": "newsletter"},
            "library": {"name": "RudderLabs JavaScript SDK", "snippetVersion": "3.2.0", "version": "3.31.6"},
            "locale": "en-GB",
            "os": {"name": "", "version": ""},
            "page": page,
            "screen": {"density": 2, "height": 1117, "innerHeight": 969, "innerWidth": 1728, "width": 1728},
            "sessionId": 1699263184315 + generator.randrange(10**6),
            "timezone": "GMT+0100",
            "traits": {},
            "userAgent": generator.choice(AGENTS),
        },
        "integrations": {"All": True},
        "messageId": str(UUID(int=generator.getrandbits(128), version=4)),
        "originalTimestamp": _stamp(moment),
        "properties": page,
        "receivedAt": _stamp(received),
        "request_ip": "81.2.69.142",
        "rudderId": "c4ffabd6-5c80-4dc4-893c-7ffd5f85e1cf",
        "sentAt": _stamp(moment),
        "timestamp": _stamp(received),
        "type": "page",
        "userId": "",
    }


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _to_json(event: dict[str, object]) -> bytes:
    """JSON with the escapes that Go writes."""
    text = json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text.encode()
