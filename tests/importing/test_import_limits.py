"""Bombs and traps through the command line: refused within a second and 200 MB, in words, nothing written."""

from __future__ import annotations

import copy
import io
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

MIB = 2**20
MOST_SECONDS, MOST_MIB = 1.0, 200
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGHING = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><x>&l9;</x>'.encode()
FETCHING = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hosts">]><x>&f;</x>'
RESOURCE = b'<resource identifier="r" type="imsqti_item_xmlv2p1" href="a.xml"><file href="a.xml"/></resource>'
MANIFEST = (
    b'<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>%s</resources></manifest>'
    % RESOURCE
)
ITEM = b'<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="a">%s</assessmentItem>'

RUN = """
import re, sys, time
before = time.process_time()
from qbank.cli.run import run
code = run(sys.argv[1:])
taken = time.process_time() - before
status = open("/proc/self/status").read()
print(code, taken, int(re.search("VmHWM: *\\t* *([0-9]+)", status)[1]) / 1024)
"""

LINUX = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured on Linux")


def zipped(*members: tuple[str, bytes], change: Callable[[zipfile.ZipFile], None] | None = None) -> bytes:
    """An archive with a manifest, so that it is taken for a package, and more members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", MANIFEST)
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        if change:
            change(archive)
    return out.getvalue()


def dense(size: int) -> bytes:
    """Bytes that shrink to about a hundredth, so that no ratio gives them away."""
    random = Random(1)
    return b"".join(random.randbytes(600) + bytes(65536 - 600) for _ in range(size // 65536))


def overlapping(archive: zipfile.ZipFile) -> None:
    """Eleven names for one member: the archive stays small, what it unpacks to does not."""
    for number in range(10):
        entry = copy.copy(archive.filelist[-1])
        entry.filename = f"again-{number}"
        archive.filelist.append(entry)


def linked(archive: zipfile.ZipFile) -> None:
    """The last member is a symbolic link."""
    archive.filelist[-1].create_system = 3
    archive.filelist[-1].external_attr = (stat.S_IFLNK | 0o777) << 16


def doubled(archive: zipfile.ZipFile) -> None:
    """The last member stands in the directory twice."""
    archive.filelist.append(archive.filelist[-1])


def encrypted(archive: zipfile.ZipFile) -> None:
    """The last member is encrypted."""
    archive.filelist[-1].flag_bits |= 0x1


def lying(archive: zipfile.ZipFile) -> None:
    """The last member says that it is short."""
    archive.filelist[-1].file_size = 10


def nested(depth: int) -> bytes:
    return ITEM % (b"<p>" * depth + b"</p>" * depth)


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "ratio": (lambda: zipped(("zeros.xml", bytes(100 * MIB))), "times its size"),
    "one large member": (lambda: zipped(("large.xml", bytes(129 * MIB))), "more than 128 MiB"),
    "size": (lambda: zipped(("part", dense(60 * MIB)), change=overlapping), "more than 512 MiB"),
    "count": (lambda: zipped(*((f"{n}", b"") for n in range(200_000))), "200,001 files"),
    "count and a trap": (
        lambda: zipped(*((f"{n}", b"") for n in range(49_000)), ("../x", b"x")),
        "leaves the folder",
    ),
    "folders": (lambda: zipped(("a/" * 40 + "b.xml", b"x")), "too many folders"),
    "parent": (lambda: zipped(("../../etc/cron.d/x", b"x")), "leaves the folder"),
    "absolute": (lambda: zipped(("/etc/cron.d/x", b"x")), "absolute path"),
    "drive": (lambda: zipped(("C:\\x.xml", b"x")), "absolute path"),
    "link": (lambda: zipped(("hosts", b"/etc/hosts"), change=linked), "is a link"),
    "twice": (lambda: zipped(("a.xml", b"x"), change=doubled), "twice"),
    "longer than it says": (lambda: zipped(("a.xml", bytes(100 * MIB)), change=lying), "cannot be unpacked"),
    "torn": (lambda: zipped(("a.xml", b"x"))[:-30], "no zip archive"),
    "encrypted": (lambda: zipped(("a.xml", b"x"), change=encrypted), "is encrypted"),
    "laughs": (lambda: LAUGHING, "document type"),
    "laughs in a package": (lambda: zipped(("a.xml", LAUGHING)), "document type"),
    "entity": (lambda: FETCHING, "document type"),
    "UTF-16": (
        lambda: LAUGHING.decode().replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16"),
        "document",
    ),
    "depth": (lambda: nested(100_000), "well-formed"),
}


@LINUX
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once_and_says_why(name: str, tmp_path: Path) -> None:
    make, why = BOMBS[name]
    bomb, bank = tmp_path / "upload.bin", tmp_path / "bank"
    bomb.write_bytes(make())
    command = [sys.executable, "-c", RUN, "import", str(bomb), "--out", str(bank)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    code, seconds, mib = ran.stdout.split()
    assert (code, why in ran.stderr, bank.exists()) == ("3", True, False), ran.stderr
    assert float(seconds) < MOST_SECONDS
    assert float(mib) < MOST_MIB
