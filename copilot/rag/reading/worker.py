"""Documents read in a process of their own, so that no file can hang or exhaust the run.

The child answers one line of JSON a file and is used for many files; one that takes too long,
too much memory or the child down with it is reported like any other that cannot be read, and the
next file gets a new child.
"""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Self, TextIO

from copilot.errors import KnowledgeError
from copilot.rag.reading.read import read
from copilot.rag.reading.split import split
from copilot.records import Passage

READ_SECONDS = 180.0
MEMORY_BYTES = 3_000_000_000
AHEAD = 4

_START = "import sys; sys.path.append({root!r}); from {module} import serve; serve({memory})"


@dataclass(frozen=True)
class Reading:
    """One document cut into passages; `sha256` is that of the bytes they were read from."""

    source: str
    title: str
    sha256: str
    passages: tuple[Passage, ...]


def read_passages(path: Path) -> Reading:
    """The passages of a file. Raises KnowledgeError naming it, the reason and the remedy."""
    document = read(path)
    return Reading(document.source, document.title, document.sha256, tuple(split(document)))


class Reader:
    """A context in which files are read by a child process, started for the first of them."""

    def __init__(self, seconds: float = READ_SECONDS, memory: int = MEMORY_BYTES) -> None:
        """`seconds` and `memory` (bytes) are the most that one file may take."""
        self._seconds, self._memory = seconds, memory
        self._child: subprocess.Popen[str] | None = None
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = True
        self._stop()

    def read(self, path: Path) -> Reading:
        """As `read_passages`, within the limits."""
        line, late = self._asked(path)
        try:
            answer = json.loads(line)
        except json.JSONDecodeError as error:
            self._stop()
            how = f"takes longer than {self._seconds:.0f} seconds" if late else "breaks its reader"
            raise _overwhelmed(path, how) from error
        if "error" in answer:
            raise KnowledgeError(answer["error"], hint=answer["hint"])
        passages = tuple(Passage.model_construct(**one) for one in answer.pop("passages"))
        return Reading(**answer, passages=passages)

    def read_all(
        self, paths: Iterable[Path], skip: Callable[[Path], bool]
    ) -> Generator[tuple[Path, Reading | KnowledgeError | None], None, None]:
        """Each file with what it holds or why it cannot be read, worked out a few files ahead.

        None stands for a file that `skip`, called in a thread, wants left alone.
        """
        rest = iter(paths)

        def outcome(path: Path) -> Reading | KnowledgeError | None:
            try:
                return None if skip(path) else self.read(path)
            except KnowledgeError as error:
                return error

        with ThreadPoolExecutor(1, thread_name_prefix="copilot-reader") as pool:
            try:
                waiting = [(path, pool.submit(outcome, path)) for path in islice(rest, AHEAD)]
                while waiting:
                    path, future = waiting.pop(0)
                    yield path, future.result()
                    waiting += [(path, pool.submit(outcome, path)) for path in islice(rest, 1)]
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
                self.__exit__()

    def _asked(self, path: Path) -> tuple[str, bool]:
        """The child's line, empty when it ended without one, and whether time was up."""
        child = self._started()
        if child is None or child.stdin is None or child.stdout is None:
            return "", False
        late = threading.Event()

        def time_up() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(self._seconds, time_up)
        timer.start()
        try:
            child.stdin.write(json.dumps(str(path)) + "\n")
            child.stdin.flush()
            return child.stdout.readline(), late.is_set()
        except OSError:
            return "", late.is_set()
        finally:
            timer.cancel()

    def _started(self) -> "subprocess.Popen[str] | None":
        if self._child is None and not self._closed:
            root = Path(__file__).parents[3].as_posix()
            code = _START.format(root=root, module=__name__, memory=self._memory)
            child = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                [sys.executable, "-c", code],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
            )
            self._child = child
            if child.stdout is not None:
                child.stdout.readline()  # its start is not the first file's time
        return self._child

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                _close(pipe)


def serve(memory: int) -> None:
    """The child: reads the files named on standard input until it ends."""
    # The parent decides when to stop; Ctrl-C reaches both.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory(memory)
    answers, sys.stdout = sys.stdout, sys.stderr  # libraries may print
    answers.write("ready\n")
    answers.flush()
    for line in sys.stdin:
        if sys.platform != "win32":
            # Ends this process even inside a library, should the parent be gone.
            signal.alarm(int(2 * READ_SECONDS))
        answers.write(json.dumps(_answer(Path(json.loads(line)))) + "\n")
        answers.flush()
        if sys.platform != "win32":
            signal.alarm(0)


def _answer(path: Path) -> dict[str, Any]:
    try:
        reading = read_passages(path)
    except KnowledgeError as error:
        return {"error": error.message, "hint": error.hint}
    except MemoryError:
        too_much = _overwhelmed(path, "needs too much memory")
        return {"error": too_much.message, "hint": too_much.hint}
    return vars(reading) | {"passages": [one.model_dump() for one in reading.passages]}


def _limit_memory(most: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))


def _overwhelmed(path: Path, how: str) -> KnowledgeError:
    return KnowledgeError(
        f"Cannot read {path}: it {how}.",
        hint="Save it again in the program that made it, or split it.",
    )


def _close(pipe: TextIO | Any) -> None:
    try:
        pipe.close()
    except OSError:  # a request that the child did not live to read
        return
