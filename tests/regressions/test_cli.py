"""Mistakes that an attack on the commands found."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from qbank.cli.assemble import assemble


def test_nan_is_no_time_limit() -> None:
    result = CliRunner().invoke(assemble, ["--blueprint", "x.yaml", "--time-limit", "nan"])
    assert result.exit_code == 2
    assert "nan is no number of seconds" in result.output


@pytest.mark.parametrize("seconds", ["0", "-1"])
def test_neither_is_nothing(seconds: str) -> None:
    result = CliRunner().invoke(assemble, ["--blueprint", "x.yaml", "--time-limit", seconds])
    assert result.exit_code == 2
