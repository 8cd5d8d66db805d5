"""HTTP as a SPARQL service needs it: one deadline for every byte, and no credentials to another host.

urllib's own time limit is for each read, so that a service that drips a byte a second is waited for without end. Here each read gets what
is left until the deadline (the status line, the headers and the chunks included).
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
import urllib.request
from collections.abc import Callable
from email.message import Message
from functools import partial
from typing import IO, TypeVar
from urllib.parse import urlsplit

SOON = 0.001
Connection = TypeVar("Connection", bound=http.client.HTTPConnection)


class MovedError(Exception):
    """The service sends the request on to another host, or from https to http.

    Args:
        address: where to.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__("the service has moved")


class _Deadlined(io.RawIOBase):
    """The bytes of a socket, until a deadline."""

    def __init__(self, raw: io.RawIOBase, settimeout: Callable[[float], None], end: float) -> None:
        self.raw, self.settimeout, self.end = raw, settimeout, end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int | None:  # type: ignore[override]  # all that a buffered reader asks with
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.settimeout(max(left, SOON))
        count: int | None = self.raw.readinto(buffer)
        return count

    def close(self) -> None:
        if not self.closed:
            self.raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """An answer that is read until a deadline."""

    def __init__(self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, url: str | None = None, *, end: float) -> None:
        super().__init__(sock, debuglevel, method, url)
        self.fp = io.BufferedReader(_Deadlined(self.fp.detach(), sock.settimeout, end))


def _timed(connection: Connection, end: float) -> Connection:
    """Let the answers of a connection end at a deadline."""
    connection.response_class = partial(_Response, end=end)  # type: ignore[assignment]  # what makes a response
    return connection


class _Http(urllib.request.HTTPHandler):
    def __init__(self, end: float) -> None:
        super().__init__()
        self.end = end

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)  # type: ignore[arg-type]  # it is called with these two only

    def _connection(self, host: str, *, timeout: float) -> http.client.HTTPConnection:
        return _timed(http.client.HTTPConnection(host, timeout=timeout), self.end)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, end: float) -> None:
        super().__init__()
        self.end = end

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)  # type: ignore[arg-type]  # as above

    def _connection(self, host: str, *, timeout: float) -> http.client.HTTPSConnection:
        return _timed(http.client.HTTPSConnection(host, timeout=timeout, context=ssl.create_default_context()), self.end)


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Sends a request on, whole, to another address of the same host; urllib's own turns a POST into a GET without its query."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],  # noqa: ARG002  # the library calls it with all of these
        code: int,  # noqa: ARG002
        msg: str,  # noqa: ARG002
        headers: Message,  # noqa: ARG002
        newurl: str,
    ) -> urllib.request.Request:
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        if new.hostname != old.hostname or new.scheme not in (old.scheme, "https") or new.username is not None:
            raise MovedError(newurl)
        return urllib.request.Request(newurl, data=req.data, headers=req.headers, method=req.get_method())  # noqa: S310  # http and https only


def opener(end: float, url: str, user: str | None, password: str | None) -> urllib.request.OpenerDirector:
    """Return what opens requests to a service.

    Args:
        end: the deadline, on the clock of :func:`time.monotonic`.
        url: the address of the service.
        user: who asks, None for nobody. Credentials answer a Basic or Digest challenge of this host and port; over https they
            are sent at once as Basic. They are never sent on by a redirect.
        password: of the user.
    """
    handlers: list[urllib.request.BaseHandler] = [_Http(end), _Https(end), _SameHost()]
    if user is not None:
        known = urllib.request.HTTPPasswordMgrWithPriorAuth()
        parts = urlsplit(url)
        known.add_password(None, f"{parts.scheme}://{parts.netloc}/", user, password or "", is_authenticated=parts.scheme == "https")
        handlers += [urllib.request.HTTPDigestAuthHandler(known), urllib.request.HTTPBasicAuthHandler(known)]
    return urllib.request.build_opener(*handlers)
