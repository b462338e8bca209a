"""One Settings object: environment before the workspace's TOML file before defaults.

Read once by a surface and passed in; nothing else reads the environment.
"""

import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from copilot.errors import SettingsError

PREFIX = "MARKETING_COPILOT_"
TOML_NAME = "marketing-copilot.toml"


def default_home() -> Path:
    """The platform's data folder, used when neither `--workspace` nor the variable names one."""
    return user_data_path("marketing-copilot", appauthor=False)


class Settings(BaseSettings):
    """Everything that can be set. Secrets print masked. Without `model` all runs offline."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, populate_by_name=True
    )

    home: Path = Field(default_factory=default_home, description="the workspace folder")
    base_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices(f"{PREFIX}BASE_URL", "OPENAI_BASE_URL"),
        description="any OpenAI-compatible server, such as http://127.0.0.1:8080/v1",
    )
    model: str | None = Field(default=None, description="the model's name; none means offline")
    api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices(f"{PREFIX}API_KEY", "OPENAI_API_KEY")
    )
    embeddings: str = Field(
        default="local", description="local, a model name on the server, or a folder with ONNX"
    )
    engine: str = Field(default="duckdb://", description="an Ibis URL")
    chroma: str | None = Field(default=None, description="a Chroma server's URL; none is embedded")
    database: str | None = Field(default=None, description="SQLAlchemy URL for jobs and state")
    budget_usd: float | None = Field(default=None, gt=0, description="stop before this is passed")
    concurrency: int = Field(default=4, ge=1, le=256, description="model calls under way at once")
    requests_per_minute: int | None = Field(
        default=None, ge=1, description="model calls started within any minute"
    )
    tokens_per_minute: int | None = Field(
        default=None, ge=1, description="tokens sent and answered within any minute"
    )
    timeout_s: float = Field(default=60.0, gt=0, description="one model call")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"

    @classmethod
    def load(cls, home: Path | str | None = None, **overrides: Any) -> "Settings":
        """Settings of a workspace.

        Raises SettingsError naming the variable or key whose value cannot work. Also turns
        every library's telemetry off, before any of them can have been imported.
        """
        _quiet_libraries()
        try:
            chosen: dict[str, Any] = {"home": Path(home)} if home else {}
            known = cls(**chosen)
            from_file = {
                key: value
                for key, value in _read_toml(known.home / TOML_NAME).items()
                if key not in known.model_fields_set
            }
            given = {name: getattr(known, name) for name in known.model_fields_set}
            settings = cls(**{**from_file, **given, **overrides, "home": known.home})
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"])
            raise SettingsError(
                f"Setting {name!r} has the value {first.get('input')!r}: {first['msg']}.",
                hint=f"Correct it in the environment ({PREFIX}…) or in {TOML_NAME}.",
            ) from error
        return settings

    @property
    def offline(self) -> bool:
        """Whether no chat model is connected."""
        return self.model is None


def _read_toml(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from error


def data_folder(name: str) -> Path:
    """The shipped folder `knowledge`, `prompts` or `samples`: packaged, else the repository's."""
    packaged = Path(__file__).parent / "_data" / name
    return packaged if packaged.exists() else Path(__file__).parent.parent / name


def _quiet_libraries() -> None:
    for variable, value in {
        "ANONYMIZED_TELEMETRY": "False",
        "LANGSMITH_TRACING": "false",
        "LANGCHAIN_TRACING_V2": "false",
        "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }.items():
        os.environ.setdefault(variable, value)  # noqa: TID251 - this module owns the environment
