"""A scripted OpenAI-compatible server on loopback, for faults a real one would not make.

It answers `/v1/chat/completions` from a list of replies, in order (the last one repeats), or by
a function of the request, and keeps every request body, so that a test can search what was sent.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """`content` is the assistant's message; a `status` other than 200 is an error reply.

    `delay` is seconds before the answer; `cut` ends it half-way.
    """

    content: str = "{}"
    status: int = 200
    cut: bool = False
    finish: str = "stop"
    delay: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Scripted:
    """`times` is when each request came (seconds of the monotonic clock), `most` how many were
    under way at once."""

    url: str
    replies: list[Reply]
    answer: Callable[[dict[str, Any]], Reply] | None = None
    requests: list[dict[str, Any]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    most: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, body: dict[str, Any]) -> Reply:
        with self._lock:
            self.requests.append(body)
            self.times.append(time.monotonic())
            self._now += 1
            self.most = max(self.most, self._now)
            number = min(len(self.requests), len(self.replies)) - 1
        return self.answer(body) if self.answer else self.replies[number]

    def done(self) -> None:
        with self._lock:
            self._now -= 1


def completion(content: str, finish: str = "stop") -> dict[str, Any]:
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": "scripted",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": content},
            }
        ],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
    }


@contextmanager
def scripted_server(
    *replies: Reply, answer: Callable[[dict[str, Any]], Reply] | None = None
) -> Iterator[Scripted]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            reply = script.next(body)
            time.sleep(reply.delay)
            script.done()
            payload = completion(reply.content, reply.finish)
            if reply.status != 200:
                payload = {"error": {"message": f"scripted {reply.status}", "type": "error"}}
            data = json.dumps(payload).encode("utf-8")
            self.send_response(reply.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if reply.cut else data)
            self.close_connection = reply.cut

        def log_message(self, *_: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

        def handle_error(self, *_: object) -> None:
            """A client that hangs up is what some tests do."""

    server = Server(("127.0.0.1", 0), Handler)
    script = Scripted(f"http://127.0.0.1:{server.server_port}/v1", list(replies), answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
