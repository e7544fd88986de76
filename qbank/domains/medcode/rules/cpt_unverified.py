"""Rule cpt-unverified."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Related, Severity
from qbank.domains.medcode.codeset import CodeSet, Status
from qbank.domains.medcode.rules._declared import as_of, declared
from qbank.model.as_read import holding
from qbank.model.bank import Bank
from qbank.rule import rule


@rule(Severity.INFO)
def cpt_unverified(bank: Bank, codes: CodeSet) -> Iterator[Finding]:
    """CPT codes and modifiers of the bank are checked for their format alone.

    CPT belongs to the American Medical Association: qbank holds no list of it, so such a code is unverified,
    never valid, until a licensed file is imported on this machine. It is said once for the bank, with the
    numbers; after an import only what the file does not speak of counts.

    Import the licensed list with `qbank codes import FILE`; its texts stay out of every report.

    Source: copyright of CPT; exam practice: unverified must not look like valid.
    """
    on = as_of(bank.info)
    found = [one for item in holding(bank.items, "codes") for one in declared(item, "cpt", "cpt-modifier")]
    left = [one for one in found if not on or codes.lookup(one.code, on, one.system).status is Status.UNKNOWN]
    if left:
        numbers = sum(one.system == "cpt" for one in left)
        parts = [(numbers, "CPT code"), (len(left) - numbers, "CPT modifier")]
        told = " and ".join(f"{count} {name}{'s' * (count != 1)}" for count, name in parts if count)
        items = len({one.item.record for one in left})
        yield Finding(
            bank.info.at(),
            f"{told} of {items} item{'s' * (items != 1)} {'is' if len(left) == 1 else 'are'} unverified: "
            "only the format is checked",
            (Related(left[0].where, f"the first is {left[0].code}"),),
            "Import a licensed list with `qbank codes import FILE` to check them.",
        )
