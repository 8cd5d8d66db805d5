"""A SPARQL 1.1 service as an engine, through SPARQLWrapper.

SPARQLWrapper writes the request; it has no retry, no limit on the whole time, and takes a web page for an answer, so sending is done by
:mod:`withwhom.endpoint` and reading here: the results are parsed while they arrive, and an answer that is not whole is an error.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from http.client import HTTPException, HTTPResponse

from SPARQLWrapper import JSON, POST, SELECT, SPARQLWrapper

from withwhom import __version__
from withwhom.endpoint import Endpoint, EndpointError, NotSparqlError, TruncatedError
from withwhom.engine import QueryError, Table, oxigraph_cell
from withwhom.questions import ANY_IRI, blanked

AGENT = f"withwhom/{__version__}"
BUFFER = 1 << 16
# The forms of a result that carry their own end, so that half an answer shows: not CSV, not TSV.
FORMS = {
    "application/sparql-results+json": "json",
    "application/json": "json",
    "application/sparql-results+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
}
OTHER_KINDS = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b(?![\w.-]*:)", re.IGNORECASE)


class _Request(SPARQLWrapper):
    """A query as a request that goes out through an :class:`Endpoint`."""

    def __init__(self, endpoint: Endpoint, query: str, graphs: Sequence[str]) -> None:
        super().__init__(endpoint.url, returnFormat=JSON, agent=AGENT)
        self.service = endpoint
        self.setMethod(POST)
        self.setOnlyConneg(True)
        for graph in graphs:
            self.addParameter("default-graph-uri", graph)
        # `setQuery` guesses the kind, and takes a SELECT for an update after `PREFIX : <…> # add things`.
        self.queryString, self.queryType = query, SELECT

    def _query(self) -> tuple[HTTPResponse, str]:
        return self.service.send(self._createRequest()), self.returnFormat


@dataclass(frozen=True)
class RemoteEngine:
    """A SPARQL 1.1 service that holds the graphs of a build (:mod:`withwhom.publish` puts them there)."""

    endpoint: Endpoint

    def within(self, seconds: float) -> RemoteEngine:
        """Return the same engine with another time limit."""
        return replace(self, endpoint=self.endpoint.within(seconds))

    def select(self, query: str, graphs: Sequence[str]) -> Table:
        """Return the columns and rows of a query over the union of ``graphs``.

        Raises:
            QueryError: the query is not understood, or is no SELECT.
            EndpointError: the service does not answer as it should, or holds none of the graphs.
            TimeLimitError: the time limit is over.
        """
        kind = OTHER_KINDS.search(blanked(query, ANY_IRI))
        if kind is not None and kind[1].upper() != "SELECT":
            raise QueryError("only-select")
        table = self._asked(query, graphs)
        if not table[1] and not self._asked("SELECT ?s WHERE { ?s ?p ?o } LIMIT 1", graphs)[1]:
            raise EndpointError("endpoint-empty", address=self.endpoint.address)  # an empty store is no answer "nobody says so"
        return table

    def _asked(self, query: str, graphs: Sequence[str]) -> Table:
        response: HTTPResponse = _Request(self.endpoint, query, graphs).query().response
        with response:
            stream = io.BufferedReader(response, BUFFER)
            try:
                form = self._form(response, stream)
            except (OSError, HTTPException) as error:
                raise self.endpoint.broken(error) from error
            found = _parsed(stream, form)
        if isinstance(found, SyntaxError):
            raise TruncatedError("endpoint-truncated", address=self.endpoint.address)
        if isinstance(found, Exception):
            raise found if isinstance(found, QueryError) else self.endpoint.broken(found)
        self._check_whole(response, len(found[1]))
        return found

    def _form(self, response: HTTPResponse, stream: io.BufferedReader[HTTPResponse]) -> str:
        """Return the form of the answer, ``JSON`` or ``XML``, by its content type and first character."""
        kind = response.headers.get_content_type()
        form = FORMS.get(kind, "")
        begin = stream.peek(1).lstrip(b"\xef\xbb\xbf \t\r\n")
        if not form or (begin and not begin.startswith(b"{" if form == "json" else b"<")):
            said = self.endpoint.shortened(begin[:BUFFER].decode("utf-8", "replace"))
            raise NotSparqlError("endpoint-not-sparql", address=self.endpoint.address, kind=kind, detail=said)
        return form.upper()

    def _check_whole(self, response: HTTPResponse, count: int) -> None:
        """Refuse an answer that the service itself cut: Virtuoso's limits on rows and on time show in headers only."""
        most = response.headers.get("X-SPARQL-MaxRows", "")
        if (most.isdecimal() and count >= int(most) > 0) or response.headers.get("X-SQL-State") or response.status == 206:
            raise TruncatedError("endpoint-cut", address=self.endpoint.address, count=str(count))


def _parsed(stream: io.BufferedReader[HTTPResponse], form: str) -> Table | Exception:
    """Return the columns and rows of an answer while it arrives, or what went wrong.

    The error is returned without its traceback, which would hold pyoxigraph's reader: that may not end in another thread.
    """
    import pyoxigraph as ox

    try:
        result = ox.parse_query_results(stream, format=getattr(ox.QueryResultsFormat, form))
        if not isinstance(result, ox.QuerySolutions):
            return QueryError("only-select")
        return tuple(variable.value for variable in result.variables), [tuple(map(oxigraph_cell, solution)) for solution in result]
    except (SyntaxError, OSError, HTTPException) as error:
        return error.with_traceback(None)
