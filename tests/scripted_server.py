"""A scripted OpenAI-compatible server on loopback, for faults a real one would not make.

It answers `/v1/chat/completions` from a list of replies, in order (the last one repeats), and
keeps every request body, so that a test can search what was sent.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """`content` is the assistant's message; a `status` other than 200 is an error reply."""

    content: str = "{}"
    status: int = 200
    cut: bool = False
    finish: str = "stop"


@dataclass
class Scripted:
    url: str
    replies: list[Reply]
    requests: list[dict[str, Any]] = field(default_factory=list)

    def next(self, body: dict[str, Any]) -> Reply:
        self.requests.append(body)
        return self.replies[min(len(self.requests), len(self.replies)) - 1]


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
def scripted_server(*replies: Reply) -> Iterator[Scripted]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            reply = script.next(body)
            payload = completion(reply.content, reply.finish)
            if reply.status != 200:
                payload = {"error": {"message": f"scripted {reply.status}", "type": "error"}}
            data = json.dumps(payload).encode("utf-8")
            self.send_response(reply.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if reply.cut else data)
            self.close_connection = reply.cut

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script = Scripted(f"http://127.0.0.1:{server.server_port}/v1", list(replies))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
