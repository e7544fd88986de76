from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbank.formats import formats
from qbank.formats.archive import unzip
from qbank.formats.contract import AUDIENCES, Audience, Export, ExportInput
from qbank.model.item import Item
from tests.formats import qti_items
from tests.formats.qti_xsd import package_errors
from tests.formats.samples import export_input
from tests.formats.test_qti30 import everything

VERSIONS = ("qti21", "qti22")
forms = st.lists(qti_items.items(), min_size=1, max_size=3, unique_by=lambda item: item.id.lower())
slow = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def members(input: ExportInput, slug: str) -> dict[str, bytes]:
    result = formats()[slug].write(input)
    assert isinstance(result, Export), result
    return unzip(result.files[0][1])


@pytest.mark.parametrize("slug", VERSIONS)
@slow
@given(items=forms, audience=st.sampled_from(AUDIENCES), is_bank=st.booleans())
def test_every_file_of_every_package_is_valid(
    slug: str, items: list[Item], audience: Audience, is_bank: bool
) -> None:
    input = msgspec.structs.replace(export_input(items, audience=audience), is_bank=is_bank)
    assert package_errors(members(input, slug)) == []


@pytest.mark.parametrize("slug", VERSIONS)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_form_with_everything_is_valid(slug: str, audience: Audience, tmp_path: Path) -> None:
    assert package_errors(members(everything(audience, tmp_path), slug)) == []


@pytest.mark.parametrize("dialect", sorted(formats()["qti21"].dialects))
@slow
@given(items=forms, audience=st.sampled_from(AUDIENCES))
def test_packages_for_platforms_are_valid(dialect: str, items: list[Item], audience: Audience) -> None:
    input = msgspec.structs.replace(export_input(items, audience=audience), dialect=dialect)
    assert package_errors(members(input, "qti21")) == []
