"""Who may ask: only the page that this server served, to the browser that opened the link once.

The link holds a token that works once and is turned into a cookie. Host and Origin are compared, so that neither a name
that was made to resolve to this address nor a page in another tab can read or write anything.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_HOSTS = ("127.0.0.1", "localhost")


class RequestGuard:
    """Checks every request, and adds the headers that keep a page from doing more than it should."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(32)
        self._session = secrets.token_urlsafe(32)
        self._port = 0

    def listen_on(self, port: int) -> str:
        """Take requests for this port; the link that opens the page, once."""
        self._port = port
        return f"http://{_HOSTS[0]}:{port}/?token={self.token}"

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request that may be answered; 403 in words otherwise."""
        own_answer = self._refusal(request) or self._opening(request)
        response = own_answer if own_answer is not None else await _answered(request, handler)
        for name, value in self.headers().items():
            response.headers.setdefault(name, value)
        return response

    def _refusal(self, request: web.Request) -> web.Response | None:
        if request.headers.get("Host", "").lower() not in self._hosts():
            return _forbidden("The Host header does not name this server.")
        origin = request.headers.get("Origin")
        is_read = request.method in ("GET", "HEAD") and request.headers.get("Upgrade") is None
        # A browser sends Origin with every POST and every WebSocket; other programs have no business here.
        if origin not in self._origins() and not (is_read and origin is None):
            return _forbidden("Only the page itself may ask this.")
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            is_opened = request.headers.get("Sec-Fetch-Mode") == "navigate" and request.path == "/" and is_read
            if not is_opened:
                return _forbidden("Only the page itself may ask this.")
        if self._has_session(request) or (request.path == "/" and "token" in request.query):
            return None
        return _forbidden("Open the link that `provisioner workbench` has printed; it works once, in one browser.")

    def _opening(self, request: web.Request) -> web.Response | None:
        """The answer to the link with the token: a cookie, and the page without the token in its address."""
        token = request.query.get("token")
        if request.path != "/" or token is None:
            return None
        if not self._has_session(request):
            if not self.token or not secrets.compare_digest(token.encode(), self.token.encode()):
                return _forbidden("This link has been used, or is wrong: start `provisioner workbench` again.")
            # Used up: a link in a log or a history opens nothing any more.
            self.token = ""
        response = web.Response(status=303, headers={"Location": "/"})
        response.set_cookie(self._cookie, self._session, httponly=True, samesite="Strict", path="/")
        return response

    @property
    def _cookie(self) -> str:
        # Cookies are shared by all ports of a host: two workbenches would take each other's away.
        return f"provisioner-workbench-{self._port}"

    def _has_session(self, request: web.Request) -> bool:
        cookie = request.cookies.get(self._cookie, "")
        return secrets.compare_digest(cookie.encode(), self._session.encode())

    def _hosts(self) -> frozenset[str]:
        return frozenset(f"{host}:{self._port}" for host in _HOSTS)

    def _origins(self) -> frozenset[str]:
        return frozenset(f"http://{host}" for host in self._hosts())

    def headers(self) -> Mapping[str, str]:
        """The headers of every response."""
        sockets = " ".join(f"ws://{host}" for host in sorted(self._hosts()))
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            f"connect-src 'self' {sockets}; frame-src 'self'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        )
        return {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        }


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        # No route, or a body that is too large: an answer as any other, with the same headers.
        return web.Response(status=error.status, text=f"{error.reason}\n")


def _forbidden(message: str) -> web.Response:
    return web.Response(status=403, text=f"{message}\n")
