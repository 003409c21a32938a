"""The demo site: its pages, its files and its checkout."""

from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, unquote, urlencode
from uuid import uuid4

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from chalicelib.directory import normal_code
from devstack.environment import PROJECT
from devstack.sample.world import AFFILIATES, SHOP_CODE, Affiliate, Link
from devstack.site.sales import Reports, order_completed, order_refunded
from devstack.site.shop import CODES, PRICE, WEBSITE, Order, Shop

PAGES: Final = {
    "/": "home.html",
    "/curriculum": "curriculum.html",
    "/pricing": "pricing.html",
    "/faq": "faq.html",
    "/checkout": "checkout.html",
}
SDK: Final = PROJECT / "node_modules/@rudderstack/analytics-js/dist/npm/modern/bundled/esm/index.mjs"
"""The build that contains its plugins. Other builds load them from RudderStack's CDN."""


def site(
    shop: Shop, reports: Reports, *, data_plane: str, write_key: str, portal_url: str, sdk: Path = SDK
) -> Starlette:
    """The site as an ASGI app. Its pages send events to `data_plane`, with the write key of a web source."""
    render = _renderer(data_plane=data_plane, write_key=write_key, portal_url=portal_url)
    checkout = _Checkout(shop, reports, render)
    return Starlette(
        routes=[
            *(Route(path, _page(render, template, path)) for path, template in PAGES.items()),
            Route("/orders", checkout.buy, methods=["POST"]),
            Route("/orders/{order_id}", checkout.show),
            Route("/orders/{order_id}/refund", checkout.refund, methods=["POST"]),
            Route("/sdk.js", _sdk(sdk)),
            Mount("/static", StaticFiles(directory=_HERE / "static")),
        ]
    )


class _Checkout:
    """Takes orders. The server, and not the browser, reports them to RudderStack."""

    def __init__(self, shop: Shop, reports: Reports, render: "Render") -> None:
        self._shop, self._reports, self._render = shop, reports, render

    async def buy(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode(errors="replace"))
        code = form.get("code", [""])[0].strip()
        coupon = CODES.get(normal_code(code))
        if code and not coupon:
            page = self._render("checkout.html", path="/checkout", refused=code)
            page.status_code = 422
            return page
        return await run_in_threadpool(self._sell, request, coupon)

    def _sell(self, request: Request, coupon: str | None) -> Response:
        customer_id = request.cookies.get(_CUSTOMER) or uuid4().hex
        affiliate_id = _remembered(request, "affiliate")
        link = _remembered(request, "affiliate_link") if affiliate_id else None
        order = self._shop.buy(customer_id, affiliate_id, link, coupon)
        self._reports.send(order_completed(order))
        response = _see(order)
        response.set_cookie(_CUSTOMER, customer_id, httponly=True, samesite="lax")
        return response

    def show(self, request: Request) -> Response:
        order = self._order(request)
        if order is None:
            return _no_order()
        return self._render("order.html", path="/thank-you", order=order)

    def refund(self, request: Request) -> Response:
        order = self._order(request)
        if order is None:
            return _no_order()
        self._reports.send(order_refunded(self._shop.refund(order)))
        return _see(order)

    def _order(self, request: Request) -> Order | None:
        return self._shop.find(request.path_params["order_id"], request.cookies.get(_CUSTOMER, ""))


def _remembered(request: Request, cookie: str) -> str | None:
    """What `affiliate.js` keeps in a cookie."""
    return unquote(request.cookies.get(cookie, "")) or None


def _see(order: Order) -> Response:
    return RedirectResponse(f"/orders/{order.id}", 303)


def _no_order() -> Response:
    return PlainTextResponse("You do not have this order.\n", 404)


Render = Callable[..., Response]
"""Takes the name of a template and its variables, and returns the page."""


def _renderer(**addresses: str) -> Render:
    templates = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined
    )
    templates.globals |= {
        **addresses,
        "origin": f"https://{WEBSITE.host}",
        "price": f"{PRICE} {WEBSITE.currency}",
        "currency": WEBSITE.currency,
        "affiliates": AFFILIATES,
        "names": {affiliate.id: affiliate.name for affiliate in AFFILIATES},
        "shop_code": SHOP_CODE,
    }
    templates.filters["landing"] = _landing

    def render(template: str, **shown: object) -> Response:
        return HTMLResponse(templates.get_template(template).render(shown))

    return render


def _landing(affiliate: Affiliate, link: Link) -> str:
    """The address of the first page in an affiliate's link."""
    names = {"ref": affiliate.id, "sub": link.name}
    return f"/?{urlencode({name: value for name, value in names.items() if value})}"


def _page(render: Render, template: str, path: str) -> Callable[[Request], Response]:
    return lambda _request: render(template, path=path)


def _sdk(path: Path) -> Callable[[Request], Response]:
    def endpoint(_request: Request) -> Response:
        if not path.is_file():
            return PlainTextResponse("// RudderStack's SDK is not installed. Run `make setup`.\n", 503)
        return FileResponse(path, media_type="text/javascript")

    return endpoint


_HERE: Final = Path(__file__).parent
_CUSTOMER: Final = "customer"
"""The name of the cookie by which the shop knows its customers."""
