"""A SPARQL service elsewhere: its address, who asks, and one request sent to it with care.

A request has one time limit for everything: connecting, waiting between tries, and every byte of the answer. Credentials come from the
environment or a netrc file and stand in no message; what a service says is shortened before it is shown.
"""

from __future__ import annotations

import base64
import http.client
import os
import re
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field, replace
from email.message import Message
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from withwhom.binding import BindingError
from withwhom.engine import QueryError, TimeLimitError
from withwhom.problems import SaidError
from withwhom.wire import SOON, MovedError, opener

TIMEOUT = 60.0
TRIES, LONGEST_WAIT = 4, 30.0
AGAIN = frozenset({429, 502, 503, 504})
USER, PASSWORD = "WITHWHOM_USER", "WITHWHOM_PASSWORD"  # names of variables
READ, SHOWN = 4096, 300


class EndpointError(SaidError):
    """A service that does not answer as it should; the children say by whose fault."""


class AddressError(BindingError):
    """An address that can be none of a SPARQL service, or that holds a password."""


class LoginError(EndpointError):
    """The service wants other credentials, or a netrc file cannot be read."""


class UnreachableError(EndpointError):
    """No connection, or one that broke."""


class BusyError(EndpointError):
    """The service asks to come back later, and went on doing so."""


class NotSparqlError(EndpointError):
    """The answer is no SPARQL result, but a web page or another form than was asked for."""


class TruncatedError(EndpointError):
    """The answer breaks off; what came of it is thrown away."""


@dataclass(frozen=True)
class Login:
    """Who asks."""

    user: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True)
class Endpoint:
    """A SPARQL service.

    Args:
        url: its address, http or https, without user and password.
        timeout: seconds for a whole request, from the first try to the last byte.
        login: who asks; nobody if None.
    """

    url: str = field(repr=False)
    timeout: float = TIMEOUT
    login: Login | None = field(default=None, repr=False)

    @classmethod
    def at(cls, url: str, timeout: float | None = None) -> Endpoint:
        """Return the service at an address, with the credentials that the environment or a netrc file has for it.

        Raises:
            AddressError: the address is not http or https, or holds a user or password.
            LoginError: the netrc file cannot be read.
        """
        if "@" in url.partition("//")[2].partition("/")[0]:
            raise AddressError("endpoint-password", user=USER, password=PASSWORD)
        try:
            parts = urlsplit(url)
            good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and url.isascii() and not re.search(r"[\x00-\x20\x7f]", url)
        except ValueError:
            good = False
        if not good and "@" in url:
            raise AddressError("endpoint-password", user=USER, password=PASSWORD)
        if not good:
            raise AddressError("endpoint-address", value=repr(url.partition("?")[0][:80]))
        plain = urlunsplit(parts._replace(path=parts.path or "/", fragment=""))
        return cls(plain, TIMEOUT if timeout is None else timeout, login_for(str(parts.hostname)))

    @property
    def address(self) -> str:
        """The address as messages show it: without its query, which may hold a key."""
        return _shown_address(self.url)

    def within(self, seconds: float) -> Endpoint:
        """Return the same service with another time limit."""
        return replace(self, timeout=seconds)

    def send(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        """Send a request, again while the service is busy, and return its answer, still to be read.

        Raises:
            EndpointError: of the kind that says by whose fault.
            QueryError: the service does not understand the query.
            TimeLimitError: the time limit is over.
        """
        end = time.monotonic() + self.timeout
        for tried in range(1, TRIES + 1):
            try:
                return self._opened(request, end)
            except urllib.error.HTTPError as error:
                wait = _wait(error.headers, tried)
                if error.code not in AGAIN:
                    raise self._refused(error) from None
                if tried == TRIES or wait > LONGEST_WAIT or time.monotonic() + wait >= end:
                    raise BusyError("endpoint-busy", address=self.address, status=str(error.code), tries=str(tried), wait=f"{wait:g}") from None
                error.close()
            time.sleep(wait)
        raise BusyError("endpoint-busy", address=self.address, status="", tries=str(TRIES), wait="0")

    def _opened(self, request: urllib.request.Request, end: float) -> http.client.HTTPResponse:
        user, password = (self.login.user, self.login.password) if self.login else (None, None)
        try:
            answer: http.client.HTTPResponse = opener(end, self.url, user, password).open(request, timeout=max(end - time.monotonic(), SOON))
        except urllib.error.HTTPError:
            raise
        except MovedError as error:
            raise EndpointError("endpoint-moved", address=self.address, to=_shown_address(error.address)) from None
        except ValueError:  # urllib knows Basic and Digest only
            raise LoginError("endpoint-scheme", address=self.address) from None
        except (OSError, http.client.HTTPException) as error:
            raise self.broken(error) from error
        return answer

    def broken(self, error: Exception) -> SaidError:
        """Return what to say of a connection that could not be made, or broke."""
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(reason, TimeoutError):
            return TimeLimitError("time-limit", seconds=f"{self.timeout:g}")
        if isinstance(reason, http.client.IncompleteRead):
            return TruncatedError("endpoint-truncated", address=self.address)
        return UnreachableError("endpoint-unreachable", address=self.address, detail=self.shortened(str(reason) or type(reason).__name__))

    def _refused(self, error: urllib.error.HTTPError) -> SaidError:
        """Return what to say of an answer that is a refusal."""
        if error.code in (401, 403):
            key = "endpoint-login" if self.login else "endpoint-no-login"
            return LoginError(key, address=self.address, status=str(error.code), user=USER, password=PASSWORD)
        said = self.shortened(_body(error)) or str(error.reason)
        if error.code == 400:
            return QueryError("query-not-understood", detail=said)
        return EndpointError("endpoint-failed", address=self.address, status=str(error.code), detail=said)

    def shortened(self, text: str) -> str:
        """Return what a service says as one short line, without tags, signs that a terminal obeys, and credentials."""
        if self.login:
            pair = base64.b64encode(f"{self.login.user}:{self.login.password}".encode()).decode()
            for secret in filter(None, (pair, self.login.password)):
                text = text.replace(secret, "…")
        plain = re.sub(r"(?is)<(style|script)\b.*?</\1\s*>|<[a-z/!][^>]*>", " ", text) if re.match(r"\s*<", text) else text
        line = " ".join("".join(character if character.isprintable() else " " for character in plain).split())
        return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"


def _shown_address(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))


def _body(error: urllib.error.HTTPError) -> str:
    """Return the beginning of what a refusal says, as far as it can be read."""
    try:
        return error.read(READ).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException, ValueError):
        return ""


def _wait(headers: Message, tried: int) -> float:
    """Return the seconds to wait: as Retry-After says, in seconds or as a date (RFC 9110, section 10.2.3), else 1, 2, 4."""
    from email.utils import parsedate_to_datetime

    said = (headers.get("Retry-After") or "").strip()
    if said.isdecimal():
        return float(said)
    try:
        return max(parsedate_to_datetime(said).timestamp() - time.time(), 0.0)
    except (ValueError, OverflowError):
        return float(2 ** (tried - 1))


def login_for(host: str) -> Login | None:
    """Return the credentials for a host: ``WITHWHOM_USER`` and ``WITHWHOM_PASSWORD``, else the netrc file (``NETRC``, ``~/.netrc``).

    Raises:
        LoginError: the netrc file cannot be read; its words are not shown, one of them may be a password.
    """
    import netrc

    if os.environ.get(USER):
        return Login(os.environ[USER], os.environ.get(PASSWORD, ""))
    path = Path(os.environ.get("NETRC") or Path.home() / ".netrc")
    if not path.is_file():
        return None
    try:
        found = netrc.netrc(str(path)).authenticators(host)
    except netrc.NetrcParseError as error:
        raise LoginError("netrc-unreadable", path=str(path), line=str(error.lineno)) from None
    except (OSError, UnicodeDecodeError):
        raise LoginError("netrc-unreadable", path=str(path), line="0") from None
    return Login(found[0], found[2] or "") if found else None
