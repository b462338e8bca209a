"""A real model server: llama.cpp on loopback with SmolLM2-135M, one thread."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.conftest import MODEL_FILE


@contextmanager
def local_model() -> Iterator[str]:
    """The base URL of a running OpenAI-compatible server; any model name will do."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(MODEL_FILE)
    params.n_ctx = 8192
    params.n_parallel = 1
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    server = xllamacpp.Server(params)
    yield f"{server.listening_address}/v1"
    del server
