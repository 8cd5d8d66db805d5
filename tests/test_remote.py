"""A SPARQL service that misbehaves: every fault is an error of its own, never fewer rows, and credentials stand in no message."""

from __future__ import annotations

import datetime
import email.utils
import http.server
import json
import threading
import time
import traceback
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

import withwhom
from conftest import Command, run_process
from withwhom.binding import BindingError
from withwhom.endpoint import (
    AddressError,
    BusyError,
    Endpoint,
    EndpointError,
    Login,
    LoginError,
    NotSparqlError,
    TruncatedError,
    UnreachableError,
    login_for,
)
from withwhom.engine import Iri, QueryError, TimeLimitError
from withwhom.knowledge import Options
from withwhom.problems import SaidError, WorkspaceError
from withwhom.publish import TRIPLES, PublishError, Target, as_sparql, batches, publish
from withwhom.remote import RemoteEngine

SELECT = "SELECT ?x WHERE { ?s ?p ?x }"
GRAPHS = ("https://example.org/graph/stated", "https://example.org/graph/derived")
JSON = "application/sparql-results+json"
XSD = "http://www.w3.org/2001/XMLSchema#"
SECRET = "s3cret-of-the-test"  # noqa: S105  # of no one
Handler = http.server.BaseHTTPRequestHandler
Play = Callable[[Handler], None]


@dataclass
class Service:
    """A service that plays its scenes one after another, the last one again and again, and notes what it hears."""

    url: str = ""
    scenes: list[Play] = field(default_factory=list)
    heard: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def play(self, handler: Handler) -> None:
        """Note a request and answer it."""
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0)).decode()
        self.heard.append((handler.command, handler.path, {name.lower(): value for name, value in handler.headers.items()}, body))
        self.scenes[min(len(self.heard), len(self.scenes)) - 1](handler)

    def engine(self, *scenes: Play, timeout: float = 10, login: Login | None = None) -> RemoteEngine:
        """Return an engine that will meet these scenes."""
        self.scenes = list(scenes)
        return RemoteEngine(Endpoint(self.url, timeout, login))


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A service on this machine, and an environment without credentials or proxies."""
    for name in ("WITHWHOM_USER", "WITHWHOM_PASSWORD", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", "/nonexistent")
    made = Service()

    class Answerer(Handler):
        def do_POST(self) -> None:  # noqa: N802  # the name is the library's
            """Play a scene."""
            try:
                made.play(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        do_GET = do_PUT = do_POST  # noqa: N815  # the names are the library's

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answerer) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        made.url = f"http://127.0.0.1:{server.server_port}/sparql"
        yield made
        made.closing.set()
        server.shutdown()


def results(*values: dict[str, str], columns: Sequence[str] = ("x",)) -> bytes:
    """Return SPARQL JSON with one cell a row."""
    return json.dumps({"head": {"vars": list(columns)}, "results": {"bindings": [{columns[0]: value} for value in values]}}).encode()


ONE = results({"type": "literal", "value": "one"})


def says(body: bytes = ONE, kind: str = JSON, status: int = 200, **headers: str) -> Play:
    """Answer with a body; an underscore in the name of a header stands for a hyphen."""

    def play(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return play


def stalls(service: Service, start: bytes = b"") -> Play:
    """Say nothing, or the beginning of an answer and nothing more."""

    def play(handler: Handler) -> None:
        handler.wfile.write(start)
        service.closing.wait(10)

    return play


def drips(service: Service, body: bytes, start: bytes = b"") -> Play:
    """Answer a byte at a time, for ever in effect."""

    def play(handler: Handler) -> None:
        handler.wfile.write(start)
        for byte in body * 1000:
            if service.closing.wait(0.05):
                return
            handler.wfile.write(bytes([byte]))

    return play


def resets(handler: Handler) -> None:
    """Break the connection without a word."""
    import socket
    import struct

    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def told(error: SaidError) -> str:
    """Return everything that an error may show, in both languages and its traceback."""
    return "\n".join([error.message("zh"), error.message("en"), repr(error), *traceback.format_exception(error)])


def test_what_is_sent(service: Service) -> None:
    """A query goes out by POST, with the graphs as the dataset, asking for SPARQL JSON by content negotiation alone."""
    assert service.engine(says()).select(SELECT, GRAPHS) == (("x",), [("one",)])
    ((method, path, headers, body),) = service.heard
    assert (method, path) == ("POST", "/sparql")
    assert parse_qs(body) == {"query": [SELECT], "default-graph-uri": list(GRAPHS)}
    assert JSON in headers["accept"]
    assert headers["user-agent"].startswith("withwhom/")
    assert "authorization" not in headers


def test_a_comment_after_a_prefix_does_not_make_an_update(service: Service) -> None:
    """A SELECT whose comments speak of adding is sent as a query."""
    text = f"PREFIX : <https://example.org/> # add things\n{SELECT}"
    service.engine(says()).select(text, GRAPHS)
    assert parse_qs(service.heard[0][3])["query"] == [text]


def test_values_are_those_of_the_embedded_engine(service: Service) -> None:
    """Numbers, booleans (1 and 0, too), dates, IRIs, texts in a language and gaps come as the embedded engine gives them."""
    typed = [("12.50", "decimal"), ("2.0", "decimal"), ("7", "integer"), ("true", "boolean"), ("0", "boolean"), ("2018-03-21", "date"), ("2018", "gYear")]
    cells = [{"type": "typed-literal", "value": value, "datatype": XSD + kind} for value, kind in typed]
    cells += [{"type": "uri", "value": "https://example.org/a"}, {"type": "literal", "value": "红", "xml:lang": "zh"}]
    _, rows = service.engine(says(results(*cells))).select(SELECT, GRAPHS)
    wanted = [Decimal("12.5"), 2, 7, True, False, datetime.date(2018, 3, 21), "2018", Iri("https://example.org/a"), "红"]
    assert [row[0] for row in rows] == wanted
    assert [type(row[0]) for row in rows] == [type(value) for value in wanted]
    assert service.engine(says(results({"type": "literal", "value": ""}, columns=("x", "y")))).select(SELECT, GRAPHS)[1] == [("", None)]


def test_xml_is_read_too(service: Service) -> None:
    """A service that knows only the XML form is understood."""
    body = b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="x"/></head><results><result><binding name="x"><literal>1</literal></binding></result></results></sparql>'
    engine = service.engine(says(body, "application/sparql-results+xml; charset=UTF-8"))
    assert engine.select(SELECT, GRAPHS) == (("x",), [("1",)])


FAULTS: list[tuple[str, Play, type[SaidError], str]] = [
    ("a web page", says(b"<!doctype html><title>Welcome</title><p>Hello", "text/html"), NotSparqlError, "Hello"),
    ("a web page called JSON", says(b"<html>Sign in</html>", "application/json"), NotSparqlError, "Sign in"),
    ("plain text", says(b"oops", "text/plain"), NotSparqlError, "text/plain"),
    ("no login", says(b"", status=401), LoginError, "401"),
    ("no rights", says(b"", status=403), LoginError, "403"),
    ("not understood", says(b"Syntax error at\nline 1\x1b[31m" + b"x" * 5000, "text/plain", 400), QueryError, "Syntax error at line 1"),
    ("not there", says(b"<h1>Not found</h1>", "text/html", 404), EndpointError, "Not found"),
    ("a server error", says(b"Virtuoso S1T00 Error SR171: Transaction timed out", "text/plain", 500), EndpointError, "SR171"),
    ("half a JSON", says(ONE[:-5]), TruncatedError, "whole"),
    ("half a row", says(ONE[:-30]), TruncatedError, "whole"),
    ("less than its length", says(ONE[:-3], Content_Length="9999"), TruncatedError, "whole"),
    ("something after the end", says(ONE + b"<p>error"), TruncatedError, "whole"),
    ("another JSON", says(b'{"error": "no such thing"}'), TruncatedError, "whole"),
    ("nothing at all", says(b""), TruncatedError, "whole"),
    ("rows cut by the service", says(ONE, X_SPARQL_MaxRows="1"), TruncatedError, "1 rows"),
    ("time cut by the service", says(ONE, X_SQL_State="S1TAT"), TruncatedError, "short"),
    ("a part", says(ONE, status=206), TruncatedError, "short"),
    ("a boolean", says(b'{"head":{},"boolean":true}'), QueryError, "SELECT"),
    ("a broken connection", resets, UnreachableError, "reached"),
]


@pytest.mark.parametrize(("fault", "kind", "word"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_faults(service: Service, fault: Play, kind: type[SaidError], word: str) -> None:
    """Each fault has its own error, which names the service or what it says in one printable line, and is no shorter answer."""
    with pytest.raises(kind) as caught:
        service.engine(fault).select(SELECT, GRAPHS)
    assert word in caught.value.message("en")
    for language in ("zh", "en"):
        message = caught.value.message(language)
        assert message.isprintable()
        assert len(message) < 700
    assert len(service.heard) == 1


def test_half_a_chunk(service: Service) -> None:
    """An answer in chunks that ends before its last one is no answer, even where its JSON is whole."""

    def play(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: " + JSON.encode() + b"\r\nTransfer-Encoding: chunked\r\n\r\n")
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(ONE), ONE))

    with pytest.raises(TruncatedError):
        service.engine(play).select(SELECT, GRAPHS)


@pytest.mark.parametrize("moment", ["before", "in the headers", "in the body"])
@pytest.mark.parametrize("manner", ["stalls", "drips"])
def test_the_time_limit_is_for_everything(service: Service, moment: str, manner: str) -> None:
    """A service that stalls, or drips a byte now and then, is given up at the time limit, wherever it does so."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: " + JSON.encode() + b"\r\n"
    start = {"before": b"", "in the headers": head, "in the body": head + b"\r\n" + ONE[:20]}[moment]
    body = b"X" if moment != "in the body" else b" "
    play = drips(service, body, start) if manner == "drips" else stalls(service, start)
    began = time.monotonic()
    with pytest.raises(TimeLimitError) as caught:
        service.engine(play, timeout=0.6).select(SELECT, GRAPHS)
    assert 0.5 < time.monotonic() - began < 3
    assert "0.6 s" in caught.value.message("en")


def test_a_connection_that_is_refused(service: Service) -> None:
    """Where nobody listens, the message says so and names the address."""
    engine = RemoteEngine(Endpoint("http://127.0.0.1:9/sparql", 5))
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1:9/sparql"):
        engine.select(SELECT, GRAPHS)
    assert not service.heard


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_service_is_asked_again(service: Service, status: int) -> None:
    """After a refusal for now the query is sent again, as soon as Retry-After says."""
    assert service.engine(says(b"", status=status, Retry_After="0"), says()).select(SELECT, GRAPHS)[1] == [("one",)]
    assert len(service.heard) == 2


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_kept(service: Service, form: str) -> None:
    """Retry-After is waited for, given in seconds or as a date."""
    later = {"seconds": "1", "date": email.utils.formatdate(time.time() + 2, usegmt=True)}[form]
    began = time.monotonic()
    service.engine(says(b"", status=429, Retry_After=later), says()).select(SELECT, GRAPHS)
    assert 0.9 < time.monotonic() - began < 5


def test_patience_ends(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that stays busy is given up after four tries, and the waits between them grow."""
    waits: list[float] = []
    monkeypatch.setattr("withwhom.endpoint.time.sleep", waits.append)
    with pytest.raises(BusyError, match="503"):
        service.engine(says(b"", status=503)).select(SELECT, GRAPHS)
    assert len(service.heard) == 4
    assert waits == [1, 2, 4]


@pytest.mark.parametrize("wait", ["3600", "Fri, 01 Jan 2100 00:00:00 GMT", "9" * 400])
def test_nobody_waits_an_hour(service: Service, wait: str) -> None:
    """A service that asks for longer than the time limit is given up at once; the message says how long it asks for."""
    with pytest.raises(BusyError):
        service.engine(says(b"", status=429, Retry_After=wait)).select(SELECT, GRAPHS)
    assert len(service.heard) == 1


def test_a_large_result_is_read_as_it_comes(service: Service) -> None:
    """Beside the rows, an answer of many megabytes takes little memory: it is parsed while it arrives."""
    row = b'{"x":{"type":"literal","value":"%06d' + b"x" * 300 + b'"}}'
    count = 60_000

    def play(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: " + JSON.encode() + b'\r\n\r\n{"head":{"vars":["x"]},"results":{"bindings":[')
        for number in range(count):
            handler.wfile.write((b"," if number else b"") + row % number)
        handler.wfile.write(b"]}}")

    engine = service.engine(says(), play)
    engine.select(SELECT, GRAPHS)  # what is imported is not counted
    tracemalloc.start()
    _, rows = engine.select(SELECT, GRAPHS)
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(rows) == count
    assert rows[-1] == (f"{count - 1:06d}" + "x" * 300,)
    assert peak - held < 2_000_000


def test_an_empty_store_is_no_silence(service: Service) -> None:
    """No rows from a store that holds nothing of the graph is an error; no rows from one that holds it is an answer."""
    with pytest.raises(EndpointError, match="publish"):
        service.engine(says(results())).select(SELECT, GRAPHS)
    service.heard.clear()
    assert service.engine(says(results()), says()).select(SELECT, GRAPHS) == (("x",), [])


@pytest.mark.parametrize("query", ["ASK { ?s ?p ?o }", "# select\nPREFIX select: <x:>\nCONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "DESCRIBE <x:x>"])
def test_only_select_is_sent(service: Service, query: str) -> None:
    """Another kind of query is refused before it is sent, as by the embedded engine."""
    with pytest.raises(QueryError, match="SELECT"):
        service.engine(says()).select(query, GRAPHS)
    assert not service.heard


@pytest.mark.parametrize(
    "url", ["ftp://example.org/sparql", "file:///etc/passwd", "example.org/sparql", "http://", "http://x y/", "http://a:b/", "", "http://红.cn/"]
)
def test_addresses_that_are_none(url: str) -> None:
    """Only http and https addresses are taken."""
    with pytest.raises(AddressError):
        Endpoint.at(url)


@pytest.mark.parametrize(
    "url",
    [
        f"https://me:{SECRET}@example.org/sparql",
        f"http://{SECRET}@example.org",
        f"ftp://me:{SECRET}@example.org/",
        f"http://me:{SECRET}@[bad/",
        f"http:me:{SECRET}@example.org",
    ],
)
def test_no_password_in_an_address(url: str) -> None:
    """An address with a user or password is refused, and the message does not repeat it."""
    with pytest.raises(BindingError) as caught:
        Endpoint.at(url)
    assert SECRET not in told(caught.value)
    assert "WITHWHOM_PASSWORD" in caught.value.message("zh")


def basic(handler: Handler) -> None:
    """Let in who has a password, by Basic."""
    known = handler.headers.get("Authorization", "").startswith("Basic ")
    (says() if known else says(b"", status=401, WWW_Authenticate='Basic realm="x"'))(handler)


def test_credentials_from_the_environment(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """User and password of the environment answer a challenge, and are not sent before it over http."""
    monkeypatch.setenv("WITHWHOM_USER", "me")
    monkeypatch.setenv("WITHWHOM_PASSWORD", SECRET)
    service.scenes = [basic]
    assert RemoteEngine(Endpoint.at(service.url)).select(SELECT, GRAPHS)[1] == [("one",)]
    assert ["authorization" in headers for _, _, headers, _ in service.heard] == [False, True]


def test_credentials_from_netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A netrc file has credentials by host; one that cannot be read is named without its words."""
    monkeypatch.delenv("WITHWHOM_USER", raising=False)
    path = tmp_path / "netrc"
    monkeypatch.setenv("NETRC", str(path))
    assert login_for("example.org") is None
    path.write_text(f"machine example.org login me password {SECRET}\n", encoding="utf-8")
    assert login_for("example.org") == Login("me", SECRET)
    assert login_for("example.com") is None
    path.write_text(f"machine example.org login me passwort {SECRET}\n", encoding="utf-8")
    with pytest.raises(LoginError, match=r"netrc:1") as caught:
        login_for("example.org")
    assert SECRET not in told(caught.value)


def test_credentials_are_never_shown(service: Service) -> None:
    """Neither a repr, a message nor a traceback shows the password, even where the service repeats it."""
    import base64

    pair = base64.b64encode(f"me:{SECRET}".encode()).decode()
    echo = f"you said {SECRET} and Basic {pair}".encode()
    login = Login("me", SECRET)
    challenges = says(echo, "text/plain", 401, WWW_Authenticate='Basic realm="x"')
    odd = says(b"", status=401, WWW_Authenticate="Negotiate")
    for scene in (challenges, odd, says(echo, "text/plain", 500), says(echo, "text/plain", 400), says(echo, "text/html"), says(b"", status=403), resets):
        engine = service.engine(scene, login=login)
        with pytest.raises(SaidError) as caught:
            engine.select(SELECT, GRAPHS)
        for text in (told(caught.value), repr(engine), str(engine), repr(login)):
            assert SECRET not in text
            assert pair not in text
    key = RemoteEngine(Endpoint.at(f"{service.url}?apikey={SECRET}"))
    service.scenes, service.heard = [says(b"", status=404)], []
    with pytest.raises(EndpointError) as caught:
        key.select(SELECT, GRAPHS)
    assert SECRET not in told(caught.value) + repr(key)


def test_redirects(service: Service) -> None:
    """A redirect within the host is followed with the whole query; one to another host is refused, and nothing is sent there."""
    for status in (301, 302, 307, 308):
        service.heard.clear()
        assert service.engine(says(b"", status=status, Location="/elsewhere"), says()).select(SELECT, GRAPHS)[1] == [("one",)]
        assert [(method, path) for method, path, _, _ in service.heard] == [("POST", "/sparql"), ("POST", "/elsewhere")]
        assert parse_qs(service.heard[1][3])["query"] == [SELECT]
    service.heard.clear()
    elsewhere = service.url.replace("127.0.0.1", "localhost")
    engine = service.engine(says(b"", status=307, Location=f"{elsewhere}?key={SECRET}"), says(), login=Login("me", SECRET))
    with pytest.raises(EndpointError, match="moved to http://localhost") as caught:
        engine.select(SELECT, GRAPHS)
    assert len(service.heard) == 1
    assert SECRET not in told(caught.value)
    with pytest.raises(EndpointError):
        service.engine(says(b"", status=307, Location="/sparql")).select(SELECT, GRAPHS)


def test_open_with_an_endpoint(service: Service, shipped_build: Path) -> None:
    """Rows come from the service, names and notes from the build; words that would leave the dataset are refused before they are sent."""
    kb = withwhom.open(shipped_build, endpoint=service.url)
    service.scenes = [says(results({"type": "uri", "value": f"{kb.base}entity/shanxi-red-cross"}))]
    answer = kb.sparql("SELECT ?x { ?x ?p ?o }")
    assert [str(cell) for cell in answer.column("x")] == [kb.entity("shanxi-red-cross")]
    graphs = parse_qs(service.heard[0][3])["default-graph-uri"]
    assert graphs == [f"{kb.base}graph/{name}" for name in ("ontology", "stated", "derived")]
    kb.sparql("SELECT ?x { ?x ?p ?o }", Options(stated_only=True))
    assert parse_qs(service.heard[1][3])["default-graph-uri"] == graphs[:2]
    with pytest.raises(QueryError, match="INSERT"):
        kb.sparql("INSERT DATA { <x:x> <x:x> <x:x> }")
    with pytest.raises(WorkspaceError):
        _ = kb.graph
    assert len(service.heard) == 2


def test_a_question_keeps_its_own_time_limit(service: Service, shipped_build: Path) -> None:
    """The time limit of a question is that of its request."""
    kb = withwhom.open(shipped_build, endpoint=service.url)
    service.scenes = [stalls(service)]
    with pytest.raises(TimeLimitError, match=r"0\.4 s"):
        kb.sparql("SELECT ?x { ?x ?p ?o }", Options(timeout=0.4))


def test_the_command(service: Service, shipped_build: Path, command: Command) -> None:
    """``--endpoint`` asks the service; what is wrong is told in the language asked for, with exit status 1, or 2 for a wrong address."""
    asked = ("organisations-by-type", "--type", "Foundation", "--workspace", shipped_build)
    service.scenes = [says(b"<html>", "text/html")]
    ran = command("query", *asked, "--endpoint", service.url, "--lang", "en")
    assert ran.status == 1
    assert "did not answer with SPARQL results" in ran.err[0]
    ran = command("query", *asked, "--endpoint", f"http://me:{SECRET}@x/", "--lang", "zh")
    assert ran.status == 2
    assert SECRET not in "".join([*ran.out, *ran.err])


def test_nothing_remote_is_loaded_for_a_local_question(shipped_build: Path) -> None:
    """A question to the build's own store loads neither SPARQLWrapper nor urllib's client."""
    code = "import sys; from withwhom.cli import main; main(sys.argv[1:]); print([name for name in ('SPARQLWrapper', 'urllib.request', 'http.client') if name in sys.modules], file=sys.stderr)"
    ran = run_process("query", "organisations-by-type", "--type", "Foundation", "--workspace", shipped_build, code=code)
    assert ran.returncode == 0
    assert ran.stderr.splitlines()[-1] == "[]"


def test_batches_are_bounded() -> None:
    """A batch ends after so many triples or so many characters, and nothing is lost between two."""
    lines = [f"<x:{number}> <x:p> <x:o> .\n" for number in range(2 * TRIPLES + 1)]
    assert [len(batch) for batch in batches(lines)] == [TRIPLES, TRIPLES, 1]
    assert [line for batch in batches(lines, size=100) for line in batch] == lines
    assert max(len(batch) for batch in batches(lines, size=100)) < 10
    assert not list(batches([]))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [(r'"\\u0041"', r'"\\\u00750041"'), (r'"\u0007"', r'"\u0007"'), (r'"\\\u0007"', r'"\\\u0007"'), (r'"\\U"', r'"\\\u0055"'), (r'"\\\\n"', r'"\\\\n"')],
)
def test_escapes_survive(text: str, wanted: str) -> None:
    """A backslash before a u in a text is no code point of SPARQL."""
    assert as_sparql(text) == wanted


def count_of(number: int) -> Play:
    """Answer a count."""
    return says(results({"type": "literal", "value": str(number), "datatype": f"{XSD}integer"}))


def test_publish_refuses_to_overwrite(service: Service, shipped_build: Path) -> None:
    """Where a graph holds something, nothing is written without ``replace``."""
    engine = service.engine(count_of(0), count_of(5), count_of(0))
    with pytest.raises(PublishError, match=r"graph/stated already holds 5 triples.*--replace"):
        publish(withwhom.open(shipped_build), Target(engine, engine.endpoint))
    assert all("query" in parse_qs(body) for _, _, _, body in service.heard)


@pytest.mark.parametrize("protocol", ["update", "gsp"])
def test_publish_breaks_off(service: Service, shipped_build: Path, protocol: str) -> None:
    """A store that fails in the middle leaves a message with what was written, the reason, and what to do."""
    engine = service.engine(count_of(0), count_of(0), count_of(0), says(b"", status=204), says(b"disk full", "text/plain", 507))
    with pytest.raises(PublishError) as caught:
        publish(withwhom.open(shipped_build), Target(engine, engine.endpoint, protocol))
    for language in ("zh", "en"):
        assert all(word in caught.value.message(language) for word in (str(TRIPLES), "disk full", "--replace"))


def test_publish_counts(service: Service, shipped_build: Path) -> None:
    """A store that loses triples without a word is found out."""
    engine = service.engine(count_of(0))
    with pytest.raises(PublishError, match="should hold"):
        publish(withwhom.open(shipped_build), Target(engine, engine.endpoint))


def test_publish_writes_to_its_own_graphs_only(service: Service, shipped_build: Path) -> None:
    """Every request that writes names one of the build's three graphs."""
    kb = withwhom.open(shipped_build)
    graphs = {f"{kb.base}graph/{name}" for name in ("ontology", "stated", "derived")}
    for protocol in ("update", "gsp"):
        service.heard.clear()
        engine = service.engine(count_of(1))
        with pytest.raises(PublishError):
            publish(kb, Target(engine, engine.endpoint, protocol), replace=True)
        named = set[Any]()
        for _, path, headers, body in service.heard:
            if headers["content-type"].startswith("application/sparql-update"):
                named.add(body.partition("<")[2].partition(">")[0])
                assert body.count("GRAPH <") == 1
            elif headers["content-type"] == "application/n-triples":
                named.update(parse_qs(path.partition("?")[2])["graph"])
        assert named == graphs
