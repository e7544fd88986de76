"""The page: a template, its script and style, and the data, with a policy that lets nothing else run."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template

import msgspec

from qbank.formats.contract import ExportInput
from qbank.formats.html.data import tree

SCRIPTS = ("scoring.js", "dom.js", "sitting.js", "answers.js", "test.js", "review.js", "practice.js")
"""In the order in which they stand in the page."""


def page(input: ExportInput) -> bytes:
    """The page of a form or bank, UTF-8."""
    script = "\n".join(asset(name) for name in SCRIPTS)
    style = asset("practice.css")
    known = tree(input)
    known["fingerprint"] = sha256(as_json(known).encode("utf-8")).hexdigest()[:16]
    return (
        Template(asset("page.html"))
        .substitute(
            title=escape(str(known["title"])),
            generator=escape(f"qbank {input.version}".strip()),
            policy=policy(script, style),
            style=style,
            data=as_json(known),
            script=script,
        )
        .encode("utf-8")
    )


def asset(name: str) -> str:
    """A file of the page, line ends as the browser sees them."""
    return (files("qbank.formats.html") / "assets" / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def policy(script: str, style: str) -> str:
    """The content security policy: this script, this style, media inside the page, no connection at all."""
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data:; "
        "media-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def as_json(value: object) -> str:
    """JSON that may stand in a script element: no text of it can end the element or open a comment."""
    text = msgspec.json.encode(value).decode("utf-8")
    for mark in "<>&\u2028\u2029":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text
