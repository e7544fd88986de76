"""Rule codes-beyond-data."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.domains.medcode.codeset import CodeSet
from qbank.domains.medcode.rules._declared import as_of
from qbank.domains.medcode.rules._unchecked import counted, first, to_check, unchecked
from qbank.model.bank import Bank
from qbank.rule import rule


@rule(Severity.INFO)
def codes_beyond_data(bank: Bank, codes: CodeSet) -> Iterator[Finding]:
    """There is data of a system, but it says nothing about the day of the bank: its codes are not checked.

    It happens when a bank is kept for a day after the last release that was imported; HCPCS has a new one
    every quarter. Beyond the data the answer is "unknown", never "valid". It is said once for each system,
    with the number of codes that wait.

    Import the release of that day, or carry its facts into the bank's table.

    Source: exam practice: unknown must not look like valid.
    """
    on = as_of(bank.info)
    wanted = to_check(bank) if on else []
    for one in unchecked(codes, wanted, on):
        if one.has_data and not one.speaks:
            yield Finding(
                bank.info.at("as_of"),
                f"{counted(len(one.codes))} not checked: the data of {one.name} says nothing about {on}",
                first(one.codes),
                "Import the release of that day: `qbank codes import FILE`.",
            )
