"""Files of a bank inside the page: data URIs, each file once."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path

from qbank.formats.media import bank_path, media_type


def embedded(root: str, addresses: Iterable[str]) -> tuple[dict[str, int], list[str]]:
    """Address → place in the list of data URIs. An address is a path as texts and stimuli write it.

    Raises OSError when a file cannot be read; refusals saw before that it is there.
    """
    paths = {address: bank_path(address) for address in sorted(set(addresses))}
    files = sorted(set(paths.values()))
    places = {path: place for place, path in enumerate(files)}
    return {address: places[path] for address, path in paths.items()}, [
        data_uri(root, path) for path in files
    ]


def data_uri(root: str, path: str) -> str:
    """A file as an address that holds it. An SVG is only ever shown as an image, so it runs nothing."""
    content = b64encode((Path(root) / path).read_bytes()).decode("ascii")
    return f"data:{media_type(path)};base64,{content}"
