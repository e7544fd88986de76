"""How QTI carries features that it has no element of its own for: for the page on formats."""

from __future__ import annotations

NOTES = {
    "partial-credit": "a mapping, and response processing that makes points of it",
    "penalty": "a negative default and a lower bound of the mapping",
    "tolerance": "both bounds written out in the response processing",
    "unit": "text after the field",
    "no-shuffle": "a whole bank says `shuffle`; in a form the options stand in the form's order",
    "rubric": "a rubric block for author, scorer and tutor",
    "rationale": "a rubric block for author, scorer and tutor, of the class qbank-rationale",
    "option-rationale": "the same, as a list by option id",
    "references": "the same, of the class qbank-references",
    "content-area": "LOM in the manifest: a classification of the purpose discipline",
    "cognitive-level": "LOM in the manifest: a classification of the purpose skill level",
    "attributes": "LOM in the manifest: a classification of qbank's purpose attributes",
    "tags": "LOM in the manifest: keywords",
    "codes": "LOM in the manifest: a classification of qbank's purpose codes, by code system",
}
"""Feature → how it is carried."""

NOTES_2 = {
    **NOTES,
    "stimulus": "stands in the body of each item that hangs on it",
    "media": "images; sound and film as objects",
}
"""The same for versions before 3."""
