"""Pages run for real, on a workspace that holds the sample bakery."""

import shutil
from pathlib import Path

import pytest
import streamlit as st
from apptest import Open, opened

from copilot import Copilot, Settings, demo


@pytest.fixture(scope="session")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Copilot:
    copilot = Copilot.open(Settings.load(tmp_path_factory.mktemp("bakery")))
    for path, table in demo.bakery_files():
        copilot.import_customers([path], table=table)
    copilot.search("bread", k=1)
    return copilot


@pytest.fixture
def empty(bakery: Copilot, tmp_path: Path) -> Copilot:
    """A workspace with the shipped notes and nothing else; embedding them again takes long."""
    home = tmp_path / "empty"
    shutil.copytree(bakery.settings.home / "library", home / "library")
    return Copilot.open(Settings.load(home))


@pytest.fixture(autouse=True)
def forget_cached_parts() -> None:
    st.cache_resource.clear()


@pytest.fixture
def page(bakery: Copilot) -> Open:
    return lambda name: opened(bakery, name)
