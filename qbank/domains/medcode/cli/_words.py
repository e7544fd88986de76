"""What the commands of this folder share: errors in words, systems on the command line."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator


@contextlib.contextmanager
def or_unreadable() -> Iterator[None]:
    """Files that cannot be used become the PathError of the house: exit code 3."""
    from qbank.domains.medcode.importers.contract import ImportRefused
    from qbank.domains.medcode.store import StoreError
    from qbank.domains.medcode.table import BrokenTable
    from qbank.reading.files import PathError

    try:
        yield
    except (BrokenTable, ImportRefused, StoreError) as error:
        raise PathError(str(error)) from None
    except OSError as error:
        raise PathError(
            f"{error.filename or 'the store'}: {(error.strerror or str(error)).lower()}"
        ) from None
