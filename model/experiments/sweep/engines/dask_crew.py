"""Workers behind a Dask scheduler, on this machine or on many.

The work goes to every worker once, as a plugin, so that it is there for workers that join or are started again. A chunk
whose worker died is not left to Dask to try again: the scheduler says which chunks a dead worker had, and who asked
for them decides.
"""

from __future__ import annotations

import hashlib
import queue
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import cloudpickle  # type: ignore[import-untyped]
from distributed import CancelledError, Client, Future, KilledWorker, WorkerPlugin, get_worker
from distributed.client import ClosedClientError
from distributed.worker import Worker

from model.experiments.sweep.case import Case, Work
from model.experiments.sweep.engines.chunk import OtherVersion, UnreadableWork, do_sent_chunk
from model.experiments.sweep.engines.engine import Returned
from model.experiments.sweep.store.faults import misfit
from model.experiments.sweep.store.packing import Packed
from model.foundation.errors import InputError
from model.foundation.version import model_version

PATIENCE = 60.0  # seconds without any worker before a sweep gives up
LOOK = 2.0  # seconds between looks at how many workers there are
LOST = "the connection to the scheduler was lost"
HEAD_START = 0.05  # seconds for a worker's word that a watched run begins, before it does


@dataclass(frozen=True, slots=True)
class Sent:
    """The work as bytes, with its digest and the model version that it belongs to."""

    digest: str
    payload: bytes
    version: str


class SentWork(WorkerPlugin):
    """Brings the work to each worker, also to those that join later."""

    idempotent = True

    def __init__(self, sent: Sent, *, deaf: bool) -> None:
        self.name = f"sweep-work-{sent.digest}"
        self.sent = sent
        self.deaf = deaf

    def setup(self, worker: Worker) -> None:
        """Keep the bytes; they are unpickled by the first run. deaf: leave Ctrl-C to the driver."""
        worker.sweep_work = self.sent  # type: ignore[attr-defined]
        if self.deaf and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def do_on_worker(digest: str, cases: Sequence[Case], topic: str, chunk: int, watched: bool) -> tuple[Packed, float]:
    """Do a chunk with the work that the plugin brought."""
    worker = get_worker()
    if watched:
        worker.log_event(topic, {"begun": chunk})
        time.sleep(HEAD_START)
    sent: Sent = worker.sweep_work  # type: ignore[attr-defined]
    if sent.digest != digest:
        raise OtherVersion("another sweep's work: two sweeps on one cluster at once")
    return do_sent_chunk(digest, sent.payload, sent.version, cases)


class DaskCrew:
    """Workers of a Dask client. close() leaves the client to its owner."""

    def __init__(self, client: Client, work: Work, *, place: str, deaf: bool = False, wait: float = PATIENCE) -> None:
        """deaf: the workers are ours and leave Ctrl-C to us; wait: seconds that may pass without any worker."""
        self._client = client
        self._place = place
        self._wait = wait
        payload = cloudpickle.dumps(work)
        self._sent = Sent(hashlib.blake2b(payload, digest_size=8).hexdigest(), payload, model_version())
        self._topic = f"sweep{uuid.uuid4().hex[:12]}"
        self._events: queue.SimpleQueue[tuple[str, int]] = queue.SimpleQueue()
        self._flying: dict[int, Future[tuple[Packed, float]]] = {}
        self._begun: set[int] = set()
        self._number = 0
        self._workers = 1
        self._alone = self._heard = False
        self._looked = self._seen = time.monotonic()
        client.subscribe_topic("all", self._hear_deaths)
        client.subscribe_topic(self._topic, self._hear_begun)
        self._await_workers()
        self._plugin = SentWork(self._sent, deaf=deaf)
        self._send_work()

    @property
    def workers(self) -> int:
        """How many runs go on at once: threads of all workers that are there now."""
        if time.monotonic() - self._looked > LOOK:
            self._look()
        return self._workers

    def submit(self, cases: Sequence[Case], *, watched: bool = False) -> int:
        """Send a chunk to the scheduler."""
        self._number += 1
        chunk = self._number
        with self._answered():
            future = self._client.submit(
                do_on_worker,
                self._sent.digest,
                list(cases),
                self._topic,
                chunk,
                watched,
                key=f"{self._topic}-{chunk}",
                pure=False,
                retries=0,
                priority=1 if watched else 0,
            )
        self._flying[chunk] = future
        events = self._events
        future.add_done_callback(lambda _: events.put(("done", chunk)))
        return chunk

    def next_returned(self, *, alone: Callable[[], None] | None = None) -> Returned:
        """Wait for the next chunk that is done, or whose worker died; say so when no worker is left."""
        while True:
            try:
                kind, chunk = self._events.get(timeout=LOOK)
            except queue.Empty:
                self._look()
                if self._alone and alone is not None:
                    self._alone = False
                    alone()
                continue
            returned = self._settled(kind, chunk)
            if returned is not None:
                return returned

    def drain(self) -> list[Returned]:
        """Return what is done; cancel the rest."""
        returned = []
        while not self._events.empty():
            kind, chunk = self._events.get()
            if kind == "done" and chunk in self._flying and self._flying[chunk].status == "finished":
                settled = self._settled(kind, chunk)
                if settled is not None:
                    returned.append(settled)
        with suppress(OSError, ClosedClientError):  # of a scheduler that is gone there is nothing to take back
            self._client.cancel(list(self._flying.values()), force=True)
        self._flying.clear()
        return returned

    def close(self) -> None:
        """Take the work off the workers and stop listening."""
        if self._client.status != "running":
            return
        try:
            if self._flying:
                self._client.cancel(list(self._flying.values()), force=True)
                self._flying.clear()
            self._client.unsubscribe_topic("all")
            self._client.unsubscribe_topic(self._topic)
            self._client.unregister_worker_plugin(self._plugin.name)
        except Exception:
            pass

    def _settled(self, kind: str, chunk: int) -> Returned | None:
        """Return a chunk that is back, or None for news of one that was settled before."""
        future = self._flying.pop(chunk, None)
        if future is None:
            return None
        begun = chunk in self._begun
        self._begun.discard(chunk)
        if kind == "lost":
            with self._answered():
                self._client.cancel([future], force=True)
            return Returned(chunk, None, begun=begun)
        try:
            packed, seconds = future.result()
        except KilledWorker:
            return Returned(chunk, None, begun=begun or self._hear_late(chunk))
        except OtherVersion as error:
            raise misfit(
                self._place,
                f"every worker must run this version of the model, {model_version()}",
                str(error),
                "Install the same version on every machine and start the workers again.",
            ) from error
        except UnreadableWork as error:
            raise self._unfit(error) from error
        except (CancelledError, OSError) as error:
            raise self._gone(LOST) from error
        finally:
            future.release()
        return Returned(chunk, packed, seconds)

    def _hear_late(self, chunk: int) -> bool:
        """Return whether news that a chunk had begun comes within a moment: it takes another way than the chunk."""
        until = time.monotonic() + 5 * HEAD_START
        while chunk not in self._begun and time.monotonic() < until:
            time.sleep(HEAD_START / 10)
        heard = chunk in self._begun
        self._begun.discard(chunk)
        return heard

    def _hear_deaths(self, event: tuple[float, object]) -> None:
        message = event[1]
        if isinstance(message, dict) and message.get("action") == "remove-worker":
            for key in message.get("processing-tasks", ()):
                topic, _, chunk = str(key).partition("-")
                if topic == self._topic and chunk.isdigit():
                    self._events.put(("lost", int(chunk)))

    def _hear_begun(self, event: tuple[float, object]) -> None:
        message = event[1]
        if isinstance(message, dict) and "begun" in message:
            self._begun.add(int(message["begun"]))

    def _look(self) -> None:
        self._looked = time.monotonic()
        try:
            threads = sum(self._client.nthreads().values()) if self._client.status == "running" else -1
        except (OSError, TimeoutError, ValueError, RuntimeError):
            threads = -1
        if threads > 0:
            self._seen, self._workers = self._looked, threads
            self._heard = False
            return
        if self._looked - self._seen > self._wait:
            raise self._gone(f"no worker for {self._wait:.0f} s" if threads == 0 else "the scheduler does not answer")
        if self._client.status == "closed":
            raise self._gone("the scheduler is gone")
        if threads == 0 and not self._heard:  # told once, until there are workers again
            self._alone = self._heard = True

    def _await_workers(self) -> None:
        until = time.monotonic() + self._wait
        while not (threads := self._threads()):
            if time.monotonic() > until:
                raise misfit(
                    self._place,
                    "the scheduler must have workers",
                    f"none within {self._wait:.0f} s",
                    f"Start some: dask worker {self._place} --nthreads 1",
                )
            time.sleep(0.1)
        self._workers, self._seen = threads, time.monotonic()

    def _threads(self) -> int:
        with self._answered():
            return sum(self._client.nthreads().values())

    @contextmanager
    def _answered(self) -> Iterator[None]:
        """Tell a scheduler that is lost at this very moment as what it is; Dask's own errors of it are OSErrors."""
        try:
            yield
        except (OSError, ClosedClientError) as error:
            raise self._gone(LOST) from error

    def _send_work(self) -> None:
        """Give all workers the work. One that dies at this moment gets it when it is back, as one that joins does."""
        until = time.monotonic() + self._wait
        while True:
            try:
                self._client.register_plugin(self._plugin)
                return
            except OSError as error:  # the connection to a worker was lost
                if self._client.status != "running" or time.monotonic() > until:
                    raise self._gone("workers are lost as soon as they are there") from error
            except Exception as error:  # what fails on a worker arrives as it was raised there
                raise self._unfit(error) from error
            with suppress(Exception):  # the scheduler keeps it: only one that is new to it goes to all
                self._client.unregister_worker_plugin(self._plugin.name)
            time.sleep(0.1)
            self._await_workers()

    def _unfit(self, error: Exception) -> InputError:
        return misfit(
            self._place,
            "workers must have this package, its dependencies and your own modules installed",
            f"{type(error).__name__}: {error}",
            "Install the same version on every machine, or start the workers in the same environment.",
        )

    def _gone(self, what: str) -> InputError:
        return misfit(
            self._place,
            "a sweep needs a scheduler and workers until its end",
            what,
            "Start them and resume: every run that was finished is kept.",
        )
