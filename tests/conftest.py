"""What all tests share: Hypothesis profiles and the folder of the shared test data."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.cli.cli_fixtures import demo, plan, qbank

__all__ = ["demo", "plan", "qbank", "test_data"]
"""The fixtures of all tests."""

settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60, database=None)
settings.register_profile(
    "deep", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("QBANK_HYPOTHESIS_PROFILE", "ci"))

os.environ["QBANK_CODES"] = str(Path(__file__).parent / "no-code-sets")
"""No test sees the code sets of whoever runs it."""


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder that QBANK_TEST_DATA names; without it, a test that needs it is skipped."""
    named = os.environ.get("QBANK_TEST_DATA", "")
    if not named:
        pytest.skip("QBANK_TEST_DATA is not set: it names the folder of the shared test data")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(f"QBANK_TEST_DATA names {folder}, which is no folder")
    return folder
