"""A process killed at any moment leaves the store whole: exactly as it was, or exactly as meant."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import duckdb
import pytest

from copilot.campaigns.store import CampaignStore
from copilot.customers.engine import Engine
from copilot.customers.importing.load import import_file
from copilot.customers.importing.scratch import LOCK, PREFIX, sweep
from copilot.customers.privacy.erase import done, erase, unfinished
from copilot.customers.store import Store
from copilot.errors import DataError
from copilot.forgetting import forget_everywhere

DYING = Path(__file__).with_name("dying.py")
POINTS = (
    "reading", "looking", "converting", "checking", "writing", "commit", "rename", "renamed",
    "sweep",
)  # fmt: skip
DONE = {"renamed", "sweep"}  # points at which the change has been made
OLD, NEW = 300, 900

Write = Callable[..., Path]


def drafted(store: Store) -> Callable[[], CampaignStore]:
    return lambda: CampaignStore(f"sqlite:///{store.folder.parent / 'campaigns.db'}")


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of the test's own, in which nothing may be left behind."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def people(write: Write, count: int, city: str) -> Path:
    rows = (f"C{i},c{i}@example.org,{city},yes" for i in range(count))
    return write(f"{city}.csv", "\n".join(["customer_id,email,city,email_consent", *rows, ""]))


def started(point: str, verb: str, store: Store, argument: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(DYING), point, verb, str(store.folder), str(argument)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def killed(point: str, verb: str, store: Store, argument: object) -> None:
    assert started(point, verb, store, argument).wait() == -signal.SIGKILL


def cities(store: Store) -> dict[str, int]:
    """City to customers, after checking that the consents belong to the same version."""
    counted = dict(
        duckdb.sql(
            f"SELECT city, count(*) FROM '{store.files()['customers']}' GROUP BY city"  # noqa: S608
        ).fetchall()
    )
    agreed = duckdb.sql(f"SELECT count(*) FROM '{store.files()['consents']}'").fetchall()  # noqa: S608
    assert agreed == [(sum(counted.values()),)]
    return counted


def assert_tidy(store: Store, temporary: Path) -> None:
    manifest = store.manifest()
    named = {*manifest.tables.values(), *chain(*manifest.previous.values())}
    assert {path.name for path in store.folder.glob("*.parquet")} == named
    assert list(store.folder.glob("rejects/.*")) == []
    assert list(temporary.glob(f"{PREFIX}*")) == []


@pytest.mark.parametrize("point", POINTS)
def test_an_import_killed_at_each_point_is_whole_or_undone_and_can_be_repeated(
    point: str, store: Store, write: Write, temporary: Path
) -> None:
    import_file(store, people(write, OLD, "Old"))
    newer = people(write, NEW, "New")
    killed(point, "import", store, newer)
    assert cities(store) == ({"New": NEW} if point in DONE else {"Old": OLD})
    report = import_file(store, newer)
    assert report.rows_loaded + report.rows_updated == NEW
    assert cities(store) == {"New": NEW}
    assert_tidy(store, temporary)


def test_imports_killed_at_random_moments_leave_one_of_the_two_versions(
    store: Store, write: Write, temporary: Path
) -> None:
    older, newer = people(write, OLD, "Old"), people(write, NEW, "New")
    chance = random.Random(4)
    import_file(store, older)
    for _ in range(4):
        process = started("never", "import", store, newer)
        time.sleep(chance.uniform(0.2, 2.5))
        process.kill()
        process.wait()
        assert cities(store) in ({"Old": OLD}, {"New": NEW})
    import_file(store, newer)
    assert cities(store) == {"New": NEW}
    assert_tidy(store, temporary)


@pytest.mark.parametrize("point", ["commit", "rename", "renamed", "sweep"])
def test_a_person_is_forgotten_after_a_kill_everywhere_or_nowhere_yet(
    point: str, store: Store, write: Write, temporary: Path
) -> None:
    import_file(store, people(write, OLD, "Old"))
    killed(point, "forget", store, "C7")
    gone = point in DONE
    assert cities(store) == {"Old": OLD - gone}
    person = unfinished(store)
    assert person is not None
    erase(store, person)
    done(store)
    assert cities(store) == {"Old": OLD - 1}
    assert_tidy(store, temporary)
    assert not any(b"c7@example.org" in path.read_bytes() for path in store.folder.glob("*.*"))
    with pytest.raises(DataError):
        forget_everywhere(store.folder.parent, store, drafted(store), "C7")


@pytest.mark.parametrize("point", ["writing", "commit", "rename", "renamed", "sweep"])
def test_suppressions_are_added_whole_or_not_at_all(
    point: str, store: Store, write: Write, temporary: Path
) -> None:
    listed = write("stop.csv", "email\n" + "".join(f"c{i}@example.org\n" for i in range(50)))
    killed(point, "suppress", store, listed)
    assert ("suppressions" in store.files()) == (point in DONE)
    import_file(store, listed, table="suppressions")
    count = f"SELECT count(*) FROM '{store.files()['suppressions']}'"  # noqa: S608
    assert duckdb.sql(count).fetchall() == [(50,)]
    assert_tidy(store, temporary)


def test_two_imports_at_once_take_turns_and_both_are_kept(store: Store, write: Write) -> None:
    one = write(
        "a.csv", "customer_id,first_name,city\n" + "".join(f"A{i},Ann,Leeds\n" for i in range(200))
    )
    two = write(
        "b.csv", "customer_id,first_name,city\n" + "".join(f"B{i},Bo,York\n" for i in range(200))
    )
    processes = [started("never", "import", store, file) for file in (one, two)]
    assert [process.wait() for process in processes] == [0, 0]
    counted = f"SELECT city, count(*) FROM '{store.files()['customers']}' GROUP BY ALL"  # noqa: S608
    assert dict(duckdb.sql(counted).fetchall()) == {"Leeds": 200, "York": 200}
    assert store.manifest().generation == 2


def test_a_reader_beside_commits_sees_only_whole_versions(store: Store, write: Write) -> None:
    files = [people(write, OLD, "Old"), people(write, NEW, "New")]
    import_file(store, files[0])
    ended = threading.Event()
    seen: list[dict[str, int]] = []

    def read() -> None:
        engine = Engine(Store(store.folder))
        while not ended.is_set():
            table = engine.table("customers")
            rows = engine.rows(table.group_by("city").aggregate(n=table.count()))
            seen.append({row["city"]: row["n"] for row in rows})
        engine.close()

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(3):
        assert started("never", "import", store, files[1]).wait() == 0
    ended.set()
    reader.join()
    assert len(seen) > 3
    assert all(one in ({"Old": OLD}, {"New": NEW}) for one in seen)


def test_what_a_reader_opened_stays_readable_for_two_more_commits(
    store: Store, write: Write
) -> None:
    import_file(store, people(write, OLD, "Old"))
    engine = Engine(Store(store.folder))
    opened = engine.table("customers")
    for city in ("New", "Newer"):
        import_file(store, people(write, OLD, city))
    assert {row["city"] for row in engine.rows(opened.select("city"))} == {"Old"}
    assert {row["city"] for row in engine.rows(engine.table("customers"))} == {"Newer"}
    engine.close()


def test_ctrl_c_undoes_an_import_and_leaves_nothing(
    store: Store, write: Write, temporary: Path, tmp_path: Path
) -> None:
    rows = (f"C{i},person{i}@example.org,Leeds {i}" for i in range(400_000))
    large = write("large.csv", "\n".join(["customer_id,email,city", *rows, ""]))
    process = subprocess.Popen(
        [sys.executable, "-m", "copilot", "customers", "import", str(large)],
        env={**os.environ, "MARKETING_COPILOT_HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    while not list(temporary.glob(f"{PREFIX}*/{LOCK}")) and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate()
    assert (process.returncode, b"Interrupted" in told) == (130, True)
    assert store.files() == {}
    assert list(temporary.glob(f"{PREFIX}*")) == []


def test_a_living_imports_folder_is_left_alone(temporary: Path) -> None:
    from filelock import FileLock

    living, dead = temporary / f"{PREFIX}living", temporary / f"{PREFIX}dead"
    for folder in (living, dead):
        folder.mkdir()
        (folder / LOCK).touch()
    with FileLock(living / LOCK):
        assert sweep() == 1
    assert (living.exists(), dead.exists()) == (True, False)
