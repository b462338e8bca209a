"""How much of a slow model server's concurrency bespoke drafting uses.

Usage: python benchmarks/bespoke.py [SLOTS:SECONDS ...]    (default 4:0.2 8:0.2 8:1 16:1 32:2)

The server, a process of its own, answers SLOTS requests at a time, SECONDS each. Every e-mail
recipient of the sample bakery gets a message of their own; then a bare httpx client sends the
very same requests with as many tasks. Use is slot-seconds that were busy between the first
request and the last answer, as a share of those there were.
"""

import asyncio
import json
import multiprocessing
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

HONEST = {
    "subject": "15% off any loaf on Saturday 28 November",
    "preheader": "Before 10:00, in store only, with code CRUST15.",
    "body": "Hello,\n\nOn Saturday 28 November there is 15% off any loaf, before 10:00, in store "
    "only. The code is CRUST15.\n\nOrder ahead: https://cornercrumb.example/order",
}


def main() -> None:
    cases = sys.argv[1:] or ["4:0.2", "8:0.2", "8:1", "16:1", "32:2"]
    home = Path(tempfile.mkdtemp())
    prepare(home)
    print("  case  requests   product: use, a second   httpx: use, a second   of the peer's use")
    for case in cases:
        count, seconds = int(case.split(":")[0]), float(case.split(":")[1])
        port = free_port()
        served = multiprocessing.get_context("spawn").Process(
            target=serve, args=(port, count, seconds), daemon=True
        )
        served.start()
        wait_for(port)
        by_product(home, port, case)
        ours = stats(port)
        asyncio.run(by_httpx(port, count, ours["bodies"]))
        theirs = stats(port)
        mine, other = used(ours, count), used(theirs, count)
        print(
            f"{case:>6}  {len(ours['bodies']):>8}   {mine[0]:>12.1%} {mine[1]:>9.1f}"
            f"   {other[0]:>10.1%} {other[1]:>9.1f}   {mine[0] / other[0]:>18.1%}"
        )
        served.terminate()
        served.join()


def used(found: dict[str, Any], slots: int) -> tuple[float, float]:
    """The share of slot-seconds that were busy, and requests a second."""
    spans = found["spans"]
    length = max(end for _, end in spans) - min(start for start, _ in spans)
    return sum(end - start for start, end in spans) / (slots * length), len(spans) / length


def prepare(home: Path) -> None:
    from copilot import Copilot, Settings
    from copilot.demo import bakery_files

    copilot = Copilot(Settings.load(home))
    for path, table in bakery_files():
        copilot.import_customers([path], table=table)


def by_product(home: Path, port: int, case: str) -> None:
    import datetime as dt

    from copilot import Copilot, Settings
    from copilot.campaigns.briefing.brief import load_brief

    slots = int(case.split(":")[0])
    url = f"http://127.0.0.1:{port}/v1"
    settings = Settings.load(home, base_url=url, model=f"slow {case}", concurrency=slots)
    copilot = Copilot(settings, today=lambda: dt.date(2026, 11, 22))
    brief = load_brief(ROOT / "samples" / "bakery" / "saturday-loaves.yaml").model_copy(
        update={"level": "individual", "method": "bespoke", "channels": ("email",), "variants": 1}
    )
    done = copilot.draft(brief, out=home / "out.csv")
    if done.held or {draft.writer for draft in done.preview} != {"model"}:
        raise SystemExit(f"the model's drafts were not all used: {done.warnings}")


async def by_httpx(port: int, slots: int, bodies: list[str]) -> None:
    import httpx

    waiting = iter(bodies)
    limits = httpx.Limits(max_connections=slots)
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:

        async def task() -> None:
            for body in waiting:
                reply = await client.post(
                    f"http://127.0.0.1:{port}/v1/chat/completions",
                    content=body,
                    headers={"content-type": "application/json", "authorization": "Bearer none"},
                )
                reply.json()

        await asyncio.gather(*(task() for _ in range(slots)))


def serve(port: int, slots: int, seconds: float) -> None:
    """The slow server: `slots` at a time; GET gives the spans served and starts anew."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse, Response
    from starlette.routing import Route

    from tests.scripted_server import completion

    spans: list[tuple[float, float]] = []
    bodies: list[str] = []
    free = asyncio.Semaphore(slots)
    answer = json.dumps(completion(json.dumps(HONEST))).encode()

    async def answered(request: Request) -> Response:
        bodies.append((await request.body()).decode())
        async with free:
            start = time.monotonic()
            await asyncio.sleep(seconds)
            spans.append((start, time.monotonic()))
        return Response(answer, media_type="application/json")

    async def told(_: Request) -> Response:
        reply = JSONResponse({"spans": spans, "bodies": bodies})
        spans.clear()
        bodies.clear()
        return reply

    app = Starlette(
        routes=[
            Route("/v1/chat/completions", answered, methods=["POST"]),
            Route("/stats", told, methods=["GET"]),
        ]
    )
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)


def stats(port: int) -> dict[str, Any]:
    import httpx

    found: dict[str, Any] = httpx.get(f"http://127.0.0.1:{port}/stats", timeout=60).json()
    return found


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the slow server did not start")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
