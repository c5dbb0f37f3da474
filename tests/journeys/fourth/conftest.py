"""The portal with a fourth, invented state in its contracts' folder: nothing but a YAML file was added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app.factory import create_app
from app.settings import Settings
from app.web.request import portal_of
from tenancy.loader import ContractShelf, load_directory
from tenancy.provisioning import prepare_database
from tests.databases import Clone, Dsns
from tests.fourth import SLUG, folder_with_fourth


@pytest.fixture(scope="session")
def settings(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of every test, with another folder of contracts."""
    return replace(settings, contracts_dir=folder_with_fourth(tmp_path_factory.mktemp("fourth")))


@pytest.fixture(scope="session")
def shelf(settings: Settings) -> ContractShelf:
    """The shipped contracts and the fourth."""
    return load_directory(settings.contracts_dir)


@pytest.fixture(scope="session")
def _application(settings: Settings, shelf: ContractShelf) -> Iterator[Flask]:
    made = create_app(settings, shelf)
    made.testing = True
    yield made
    portal_of(made).databases.close()


@pytest.fixture(autouse=True)
def _provisioned(dsns: Dsns, clone: Clone) -> None:
    """The fourth state's schema; the sweep after the test notices it and makes the clone anew."""
    prepare_database(dsns.migrate, (SLUG,))
