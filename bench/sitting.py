"""A sitting with one engine: its process is asked within a limit, and ended and opened again when it exceeds it."""

from __future__ import annotations

import multiprocessing
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeAlias

from peers import Peer
from served import peak
from worker import Files, serve

Reply: TypeAlias = Any
# Seconds until an engine that did not end by itself is ended, and for making rows comparable, which is not timed.
GRACE, READING = 1.0, 600.0
SPAWN = multiprocessing.get_context("spawn")


class OverError(Exception):
    """The engine exceeded its limit, or its process broke down."""


class Sitting:
    """An engine that is open.

    Args:
        peer: which.
        folder: where its data lie.
        files: the N-Triples files by named graph.
        load_limit: seconds for opening.
    """

    def __init__(self, peer: Peer, folder: Path, files: Files, load_limit: float) -> None:
        self.peer, self.folder, self.files, self.load_limit = peer, folder, files, load_limit
        self.peak = self.opened = 0
        self.open()

    def open(self) -> None:
        """Start the server, if there is one, and the process that asks.

        Raises:
            OverError: it does not open within the limit.
        """
        self._started = time.perf_counter()
        self._stack = ExitStack()
        place, self._pid = str(self.folder / self.peer.store), 0
        if self.peer.server is not None:
            running = self._stack.enter_context(self.peer.server(self.folder, self.files))
            place, self._pid = running.query, running.pid
        self._pipe, other = SPAWN.Pipe()
        self._process = SPAWN.Process(target=serve, args=(other, self.peer.opener, self.files, place), daemon=True)
        self._process.start()
        other.close()
        self.seconds = float(self._receive(self.load_limit))
        self._note()
        self.opened = self.opened or self.peak

    def first_answer(self, query: str, limit: float) -> float:
        """Return the seconds from no process at all to the first answer."""
        self.close()
        self.open()
        self.ask("ask", query, limit)
        return time.perf_counter() - self._started

    def ask(self, kind: str, query: str, limit: float) -> Reply:
        """Return the reply of the process; see :func:`worker.serve`.

        Raises:
            OverError: the limit is exceeded; unless the engine ended by itself, it was opened again.
        """
        try:
            self._pipe.send((kind, query, limit))
            reply = self._receive(limit + GRACE)
            if "seconds" in reply:
                reply |= self._receive(READING)
        except (OverError, OSError):
            self.close()
            self.open()
            raise OverError from None
        self._note()
        if "over" in reply:
            raise OverError
        return reply

    def _receive(self, limit: float) -> Reply:
        try:
            if self._pipe.poll(limit):
                return self._pipe.recv()
        except (EOFError, OSError):
            pass
        self._note()
        self.close()
        raise OverError

    def _note(self) -> None:
        """Remember the most memory: of the server where there is one."""
        self.peak = max(self.peak, peak(self._pid or self._process.pid or 0))

    def close(self) -> None:
        """End the processes."""
        self._note()
        self._process.kill()
        self._process.join()
        self._stack.close()
