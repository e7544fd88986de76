from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from qbank.markup import broken_math, images, to_inline_xhtml, to_plain, to_xhtml, unsafe
from qbank.markup.elements import ATTRIBUTES

PIECES = (
    *(
        "$",
        "$$",
        "**",
        "*",
        "_",
        "`",
        "[",
        "](",
        ")",
        "!",
        "<",
        ">",
        "&",
        "\\",
        "|",
        "\n",
        "\n\n",
        "- ",
        "1. ",
        "> ",
    ),
    *(
        "```",
        "<b>",
        "</b>",
        "<p>",
        "<div>",
        "<table>",
        "<tr>",
        "<td>",
        "<ul>",
        "<li>",
        "<math>",
        "<mi>",
        "<mfrac>",
    ),
    *(
        "<script>",
        "</script>",
        "<style>",
        "<svg>",
        "<img src=x onerror=alert(1)>",
        "<a href=javascript:alert(1)>",
    ),
    *(
        "![a](http://e.org/x.png)",
        "<img src='//e.org/x'>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?x",
        "&#1;",
        "&#xFFFE;",
    ),
    *(
        "\\frac{1}{2}",
        "\\ce{H}",
        "^",
        "{",
        "}",
        "\\text{<b>}",
        "\\href{javascript:x}{y}",
        "\x00",
        "\x1b",
        "\ud800",
        "\uffff",
    ),
    *(
        "<mtext>",
        "<annotation-xml encoding='text/html'>",
        "<b onclick='x'>",
        "<template>",
        "<noscript>",
        "<title>",
        "x",
    ),
)
wild = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25).map("".join) | st.text()


def tree(fragment: str) -> etree._Element:
    return etree.fromstring(f"<div>{fragment}</div>")


@settings(max_examples=400, deadline=None)
@given(wild)
def test_output_is_well_formed_and_harmless(text: str) -> None:
    for fragment in (to_xhtml(text), to_inline_xhtml(text)):
        for node in tree(fragment).iter():
            tag = str(node.tag).rpartition("}")[2]
            assert tag in ATTRIBUTES
            for name, value in node.attrib.items():
                assert not str(name).startswith("on")
                assert name in ATTRIBUTES[tag]
                if name in ("src", "href"):
                    assert ":" not in str(value)
                    assert not str(value).startswith("/")


@settings(max_examples=400, deadline=None)
@given(wild)
def test_nothing_raises_and_offsets_lie_in_the_text(text: str) -> None:
    plain = to_plain(text)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", plain)
    for offset, what in (*unsafe(text), *broken_math(text)):
        assert 0 <= offset <= len(text)
        assert what


PICTURES = (
    "![a > b](c%20d.png)",
    "<img alt='>' src='a&amp;b.png'>",
    '<img src="a&#10;b.png">',
    "<IMG SRC=é.gif>",
)
shown = st.lists(st.sampled_from((*PICTURES, *PIECES)), max_size=12).map("".join)


@settings(max_examples=400, deadline=None)
@given(shown)
def test_images_are_those_of_the_xhtml(text: str) -> None:
    assert images(text) == tuple(str(node.get("src")) for node in tree(to_xhtml(text)).iter("img"))


def test_images_in_their_order() -> None:
    assert images("![a](one.png) | <img src=two.png> `![b](no.png)` ![a](one.png)") == (
        "one.png",
        "two.png",
        "one.png",
    )


@settings(max_examples=200, deadline=None)
@given(st.text("ab 5$.,*_-()/x", max_size=30))
def test_the_words_of_a_prose_text_are_all_there(text: str) -> None:
    letters = re.sub(r"[^a-z5]", "", text)
    assert re.sub(r"[^a-z5]", "", to_plain(text).replace("1.", "")).replace("1", "") == letters


@pytest.mark.parametrize(
    "text", ["> " * 3000 + "deep", "<div>" * 5000 + "deep", "- " * 3000 + "deep", "${" + "{" * 9000 + "deep"]
)
def test_what_is_nested_too_deeply_is_shown_all_the_same(text: str) -> None:
    assert "deep" in "".join(str(part) for part in tree(to_xhtml(text)).itertext())
    assert "deep" in to_plain(text)
    unsafe(text)
    broken_math(text)


@pytest.mark.parametrize(
    "text",
    [
        "costs $5 and $6",
        "US$5 or CA$6",
        "between $80 and $120.",
        "the allowed amount is $80 (billed $100)",
        "$5-$6",
        "$5/day or 3$/day",
        "pays 80$ or 90$.",
        "a single $ sign",
        "$ x $",
        "$5, or about 6$ in all",
        r"\$x\$",
        "`$x$`",
        "$$",
        "x$$y",
    ],
)
def test_dollars_in_prose_are_no_formula(text: str) -> None:
    assert "<math" not in to_xhtml(text)
    assert broken_math(text) == []


@pytest.mark.parametrize(
    ("text", "latex", "display"),
    [
        ("$x$", "x", "inline"),
        ("cost $c = \\$5$ each", "c = \\$5", "inline"),
        ("($2x+1$)", "2x+1", "inline"),
        ("$5 \\text{ mg}$", "5 \\text{ mg}", "inline"),
        ("from $5 and then $x$", "x", "inline"),
        ("$$x$$", "x", "block"),
        ("$$\na\n- b\n$$", "a\n- b", "block"),
        ("so $$x$$ holds", "x", "block"),
        ("- $x_1$", "x_1", "inline"),
        ("| a |\n|---|\n| $y$ |", "y", "inline"),
    ],
)
def test_formulas(text: str, latex: str, display: str) -> None:
    found = tree(to_xhtml(text)).find(".//{http://www.w3.org/1998/Math/MathML}math")
    assert found is not None
    assert (found.get("alttext"), found.get("display")) == (latex, display)


@pytest.mark.parametrize(
    ("text", "xhtml"),
    [
        ("", ""),
        ("  \n", ""),
        ("**a** *b* `c`", "<p><strong>a</strong> <em>b</em> <code>c</code></p>"),
        ("2*3*4 a_b_c <5 & >6", "<p>2*3*4 a_b_c &lt;5 &amp; &gt;6</p>"),
        ("2019. A year", "<p>2019. A year</p>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("![Leg](media/a.png)", '<p><img src="media/a.png" alt="Leg"/></p>'),
        ("![Leg](http://e.org/a.png)", "<p>Leg</p>"),
        ("![Leg](../a.png)", "<p>Leg</p>"),
        ("[text](https://e.org)", "<p>text (https://e.org)</p>"),
        ("<https://e.org>", "<p>https://e.org</p>"),
        ("[text](javascript:alert(1))", "<p>text</p>"),
        ("<b onclick='x'>a</b><script>b</script>", "<p><b>a</b></p>"),
        ("<u>a</u><br>b", "<p><u>a</u><br/>b</p>"),
        ("<ul>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<td>a", "<p>a</p>"),
        ("| a |\n|:-:|", '<table><tbody><tr><th align="center">a</th></tr></tbody></table>'),
        ("$\\ce{H2O}$", "<p><code>$\\ce{H2O}$</code></p>"),
        ("a\x00b\ud800", "<p>a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}</p>"),
        ("[a]: b", "<p>[a]: b</p>"),
    ],
)
def test_xhtml(text: str, xhtml: str) -> None:
    assert to_xhtml(text) == xhtml


def test_one_paragraph_stands_without_p() -> None:
    assert to_inline_xhtml("*Tibia*") == "<em>Tibia</em>"
    assert to_inline_xhtml("a\n\nb") == "<p>a</p><p>b</p>"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("**Setting:** ward, *now*", "Setting: ward, now"),
        ("S82.61XA, 99213-25 and a_b_c", "S82.61XA, 99213-25 and a_b_c"),
        ("2 * 3 * 4 and 2*3*4", "2 * 3 * 4 and 2*3*4"),
        ("<5 & >6 &lt;7", "<5 & >6 <7"),
        ("$\\frac{1}{2}$ of $5", "$\\frac{1}{2}$ of $5"),
        ("# Head\n\n- a\n- b\n  1. c\n  2. d\n\nend", "Head\n\n- a\n- b\n  1. c\n  2. d\n\nend"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n1 | 2"),
        ("a<br>b <b>c</b>", "a\nb c"),
        ("![Leg](a.png) [x](https://e.org)", "Leg x (https://e.org)"),
        ("```\n*x*\n```", "*x*"),
        ("\\*a\\*", "*a*"),
        ("a\x01b", "a\N{REPLACEMENT CHARACTER}b"),
    ],
)
def test_plain(text: str, plain: str) -> None:
    assert to_plain(text) == plain


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("fine **text** $x$ ![a](media/a.png) https://e.org", []),
        ("[x](https://e.org) <mailto:a@e.org> <u>u</u> H<sub>2</sub>O", []),
        ("a <script>b</script>", [(2, "script")]),
        ("<b onclick=x>", [(0, "event handler onclick")]),
        ("x ![a](http://e.org/a.png)", [(2, "remote image http://e.org/a.png")]),
        ("<img src='//e.org/a'>", [(0, "remote image //e.org/a")]),
        ("![a](../b.png)", [(0, "image '../b.png' outside the bank")]),
        ("![a](data:image/png;base64,x)", [(0, "scheme data:")]),
        ("ab [x](javascript:alert(1))", [(3, "scheme javascript:")]),
        ("<a href='java&#10;script:x'>", [(0, "scheme javascript:")]),
        ("<iframe></iframe>", [(0, "element <iframe>")]),
        ("`<script>` and <s>x</s>", [(15, "element <s>")]),
    ],
)
def test_unsafe(text: str, found: list[tuple[int, str]]) -> None:
    assert unsafe(text) == found


@pytest.mark.parametrize(
    ("text", "offset", "what"),
    [
        ("a $\\ce{H2O}$", 2, r"unknown macro \ce"),
        ("$\\SI{5}{mg}$", 0, r"unknown macro \SI"),
        ("`$\\x$` then $\\foo$", 12, r"unknown macro \foo"),
        ("$x$ and $\\mathxyz{A}$", 8, r"unknown macro \mathxyz"),
        ("$\\begin{foo}a\\end{foo}$", 0, "unknown environment foo"),
        ("$\\frac{1}$", 0, "an argument is missing"),
        ("${a$", 0, "the braces do not pair"),
        ("$x_1_2$", 0, "the formula is incomplete (DoubleSubscripts)"),
        ("$50% of x_1$", 0, r"% starts a comment that swallows the rest; write \%"),
        ("$\\href{a}{b}$", 0, r"\href is not supported"),
        ("$a & b$", 0, "stray &"),
        ("x\n\n$$\n\\foo\n$$", 3, r"unknown macro \foo"),
    ],
)
def test_broken_math(text: str, offset: int, what: str) -> None:
    assert broken_math(text)[0] == (offset, what)


COMMON = (
    r"\frac{a}{b}", r"\sqrt[3]{x}", r"x_1^2", r"\sum_{i=1}^n i", r"\int_0^1 f(x)\,dx", r"\alpha \le \beta",
    r"\bar{x} \pm 1.96 \cdot \sigma", r"\begin{pmatrix}a&b\\c&d\end{pmatrix}", r"\left( \frac{1}{2} \right)",
    r"50\%", r"\text{dose} = 5\,\mathrm{mg/kg}", r"37^\circ\mathrm{C}", r"\mathbb{R}", r"\log_{10} x",
    r"a < b",    r"\begin{cases}1 & x>0\\0 & \text{else}\end{cases}", r"\$5",
    r"\operatorname{Var}(X)", r"\hat{p}", r"\vec{F}",
)  # fmt: skip


@pytest.mark.parametrize("latex", COMMON)
def test_common_formulas_are_converted(latex: str) -> None:
    assert broken_math(f"${latex}$") == []
    assert "<math" in to_xhtml(f"${latex}$")


def test_importing_the_package_loads_no_library() -> None:
    heavy = {"lxml", "nh3", "markdown_it", "latex2mathml"}
    code = f"import sys, qbank.markup; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
