"""What the HTTP server, and handlers that send requests to this server itself, need of the application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.emulator.http.response import Response
    from provisioner.emulator.http.routing import Route, RouteTable
    from provisioner.emulator.state import EmulatorState


class Application(Protocol):
    """Requests in, responses out; handed in, because the routes and their handlers are built on this room."""

    @property
    def routes(self) -> RouteTable:
        """All routes."""

    def route_and_authorize(self, request: Request) -> Route:
        """The route of a request that is allowed; raises ApiError where token, api-version or permission is not."""

    def handle(self, request: Request, route: Route) -> Response:
        """The handler's response with the common headers; an error of the handler is a response too."""

    def dispatch(self, request: Request) -> Response:
        """The response to a request that the emulator sends itself for a principal that it has already checked."""

    def add_response_headers(self, request: Request, response: Response, plane: str = "") -> Response:
        """Add request ids and rate limits to a response."""

    def has_backlog(self, state: EmulatorState) -> bool:
        """Whether calls were answered that are not carried out yet."""

    def carry_out_backlog(self, state: EmulatorState) -> None:
        """Carry out all of them."""

    def carry_out_oldest(self, state: EmulatorState) -> None:
        """Carry out the oldest of them."""
