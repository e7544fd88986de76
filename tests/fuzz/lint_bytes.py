"""Any bytes through reading, all rules and the text reporter: a byte fuzzer (atheris) looks for what raises.

    python tests/fuzz/lint_bytes.py -max_total_time=60 [CORPUS]

The first byte chooses YAML, JSON or JSON Lines (modulo three), and from 128 on that rules are screened; the
rest is a bank of one file. An exception, a place outside the file and an input that takes longer than 5 s of
CPU time are crashes. An empty CORPUS (or a temporary one) is filled with small banks first: of
QBANK_TEST_DATA, the committed ones, and the cases of the rule pages. The options are those of libFuzzer;
`python tests/fuzz/lint_bytes.py FILE` runs one input again.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import itertools
import os
import shlex
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[2]))

with atheris.instrument_imports(include=["qbank"]):
    from qbank import checking
    from qbank.reading.bank import load_bank
    from qbank.reading.files import PathError
    from qbank.reporters import text
    from qbank.reporters.contract import Rendering
    from qbank.rule import all_rules
    from tests.fuzz.seeds import FORMATS, dictionary, seeds, shared_folder, written
    from tests.fuzz.soundness import assert_places_exist, every_rule

    RULES = all_rules()
    import qbank.markup.math
    import qbank.markup.parsing
    import qbank.markup.plain
    import qbank.markup.problems
    import qbank.markup.xhtml  # noqa: F401 - imported late by rules; here, so that they are instrumented

SECONDS = 5.0
"""So much CPU time an input of less than 64 KiB may take, instrumented as the code is."""

FORGET_AFTER = 20_000
OF_WORDS = ("qbank.similarity", "qbank.rules")
DEFAULTS = {"-max_len": str(2**16), "-timeout": "120", "-rss_limit_mb": "4096"}


class TooSlow(Exception):
    """An input that takes too long."""


def target(folder: Path) -> Callable[[bytes], None]:
    """The function that lints an input as a file of a folder; it raises what nothing should raise."""
    settings = every_rule(RULES)
    names = itertools.count()

    def lint(data: bytes) -> None:
        number = next(names)
        if number % FORGET_AFTER == 0:
            forget()
        # a name of its own each time: what was read is kept by name
        path = folder / f"{number}.{FORMATS[data[0] % 3] if data else FORMATS[0]}"
        path.write_bytes(data[1:])
        started = time.process_time()
        try:
            bank, problems = load_bank(path)
            screened = data[:1] >= b"\x80"  # without screens every rule looks at every item, and sooner
            report = checking.lint(bank, problems, settings=settings, rules=RULES, screened=screened)
            text.render(report, Rendering(rules=RULES))
            assert_places_exist(report, RULES)
        except PathError:  # what the bank itself says when its only file cannot be read
            pass
        finally:
            path.unlink()
        taken = time.process_time() - started
        if taken > SECONDS:
            raise TooSlow(f"{taken:.1f} s for {len(data)} bytes")

    return lint


def forget() -> None:
    """Empty the caches of words: they would hold every word of millions of banks."""
    for one in gc.get_objects():
        if isinstance(one, functools._lru_cache_wrapper) and str(one.__module__).startswith(OF_WORDS):
            one.cache_clear()


def fill(corpus: Path) -> None:
    """Write the seeds into an empty corpus, each under the name that libFuzzer would give it."""
    corpus.mkdir(parents=True, exist_ok=True)
    if not any(corpus.iterdir()):
        for seed in seeds(shared_folder()):
            (corpus / hashlib.sha1(seed, usedforsecurity=False).hexdigest()).write_bytes(seed)


def main() -> None:
    """Fuzz, or run the inputs that are named."""
    given = sys.argv[1:]
    paths = [Path(one) for one in given if not one.startswith("-")]
    memory = Path("/dev/shm")  # where there is one, a file costs no disk
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        folder = Path(name)
        more = [f"{option}={value}" for option, value in DEFAULTS.items() if not _has(given, option)]
        merging = any(one.startswith("-merge") for one in given)
        if not merging and not any(path.is_file() for path in paths):
            corpus = paths[0] if paths else folder / "corpus"
            fill(corpus)
            words = folder / "words.dict"
            words.write_text(dictionary(), encoding="ascii")
            more += [] if _has(given, "-dict") else [f"-dict={words}"]
            more += [] if paths else [str(corpus)]
        (folder / "inputs").mkdir()
        lint = target(folder / "inputs")
        lint(b"\x01" + written("json", [{"id": "a", "type": "essay", "stem": "Why?"}]))  # what is made once
        # libFuzzer starts itself again by this name, to merge and to minimise
        atheris.Setup([f"{shlex.quote(sys.executable)} {shlex.quote(__file__)}", *given, *more], lint)
        atheris.Fuzz()


def _has(given: list[str], option: str) -> bool:
    return any(one.startswith(f"{option}=") for one in given)


if __name__ == "__main__":
    main()
