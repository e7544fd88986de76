"""LaTeX → MathML, and what latex2mathml would turn into garbage without a word."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from typing import TYPE_CHECKING

from qbank.markup.characters import legal

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ARITY = {
    "mfrac": 2,
    "mroot": 2,
    "msub": 2,
    "msup": 2,
    "munder": 2,
    "mover": 2,
    "msubsup": 3,
    "munderover": 3,
}
TOKENS = frozenset({"mi", "mn", "mo", "mtext"})

_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{\s*([^}]*?)\s*\}")
_FONT = re.compile(r"\\math[a-zA-Z]+")
_COMMENT = re.compile(r"(?<!\\)%")
_ESCAPED = re.compile(r"\\([%$&#_{} ])")
_MACRO = re.compile(r"\\[A-Za-z]+")
_BRACE = re.compile(r"\\.|([{}])", re.DOTALL)
_REFUSED = re.compile(r"\\(?:href|style|class|unicode|verb|newcommand|newenvironment|def)(?![A-Za-z])")


@lru_cache(maxsize=4096)
def mathml(latex: str, displayed: bool) -> str:
    """A formula as a `math` element (unsanitised), or its source as `code` when it is broken."""
    root = None if problems(latex) else _convert(latex, displayed)
    if root is None or isinstance(root, str):
        marks = "$$" if displayed else "$"
        return f"<code>{escape(marks + latex + marks)}</code>"
    display = "block" if displayed else "inline"
    inner = "".join(_markup(child) for child in root)
    return f'<math display="{display}" alttext="{escape(legal(latex))}">{inner}</math>'


@lru_cache(maxsize=4096)
def problems(latex: str) -> tuple[str, ...]:
    """Why a formula cannot become MathML; () when it can."""
    found = tuple(_in_source(latex))
    if found:
        return found
    root = _convert(latex, False)
    return (root,) if isinstance(root, str) else tuple(dict.fromkeys(_in_tree(root)))


def _convert(latex: str, displayed: bool) -> Element | str:
    from latex2mathml.converter import convert_to_element

    try:
        root: Element = convert_to_element(latex, display="block" if displayed else "inline")
    except RecursionError:
        return "the formula is nested too deeply"
    except Exception as error:  # whatever the converter trips over is a fault of the formula
        return f"the formula is incomplete ({type(error).__name__.removesuffix('Error')})"
    return root


def _in_source(latex: str) -> list[str]:
    from latex2mathml import commands

    found = []
    if _COMMENT.search(latex):
        found.append(r"% starts a comment that swallows the rest; write \%")
    depths = _depths(latex)
    if depths and (min(depths) < 0 or depths[-1] != 0):
        found.append("the braces do not pair")
    found += [f"{name[0]} is not supported" for name in _REFUSED.finditer(latex)]
    for environment in _ENVIRONMENT.finditer(latex):
        if f"\\{environment[1]}" not in commands.MATRICES:
            found.append(f"unknown environment {environment[1]}")
    known = {*commands.LOCAL_FONTS, *commands.GLOBAL_FONTS, *commands.CONVERSION_MAP}
    known |= {*commands.MATH_NON_FONT_COMMANDS, r"\mathstrut"}
    for font in _FONT.finditer(latex):
        if font[0] not in known:
            found.append(f"unknown macro {font[0]}")
    return list(dict.fromkeys(found))


def _depths(latex: str) -> list[int]:
    depths, depth = [], 0
    for brace in _BRACE.finditer(latex):
        depth += {"{": 1, "}": -1}.get(brace[1] or "", 0)
        depths.append(depth)
    return depths


def _in_tree(root: Element) -> list[str]:
    found = []
    for element in root.iter():
        text = unescape(element.text or "")
        if element.tag in ARITY and len(element) != ARITY[element.tag]:
            found.append("an argument is missing")
        elif element.tag == "mtext":
            found += [f"{macro} inside a text is not converted" for macro in _MACRO.findall(text)]
        elif _MACRO.fullmatch(text):
            found.append(f"unknown macro {text}")
        elif text in ("\\", "&", "#", "$") and (text != "$" or element.text == "$"):
            found.append(f"stray {text}")
    return found


def _markup(element: Element) -> str:
    text = unescape(element.text or "")
    if element.tag == "mtext":
        text = _ESCAPED.sub(r"\1", text)
    attributes = "".join(f' {name}="{escape(str(value))}"' for name, value in element.attrib.items())
    inner = escape(legal(text)) + "".join(_markup(child) for child in element)
    return f"<{element.tag}{attributes}>{inner}</{element.tag}>"
