"""Platforms that read QTI 2.1 each in their own way: small rule sets over one writer."""

from __future__ import annotations

import msgspec


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What is different for a platform.

    `template`: the response processing is the template match_correct by name where it says the same as ours.
    `feedback`: what is written out sets the outcome FEEDBACK too. `config`: the package has the file in
    which OpenOLAT keeps how a test is run. `unscored` are item types that it imports without their
    scoring, `ignores` features that it passes over; both are told as losses.
    """

    title: str = ""
    template: bool = False
    feedback: bool = False
    config: bool = False
    unscored: frozenset[str] = frozenset()
    ignores: frozenset[str] = frozenset()


STRICT = Rules()

DIALECTS: dict[str, Rules] = {
    "blackboard": Rules(title="Blackboard", template=True),
    "canvas": Rules(
        title="Canvas",
        template=True,
        unscored=frozenset({"numeric", "short-answer"}),
        ignores=frozenset({"rationale", "option-rationale"}),
    ),
    "inspera": Rules(title="Inspera", template=True, feedback=True),
    "openolat": Rules(title="OpenOLAT", config=True),
}

ABOUT = {
    "blackboard": "right answers by the template match_correct where that says the same",
    "canvas": "right answers by the template match_correct where that says the same; typed answers and "
    "rationales are told as losses",
    "inspera": "the template match_correct where that says the same, else the outcome FEEDBACK is set too",
    "openolat": "with QTI21PackageConfig.xml, so that the test arrives and not only its items",
}
"""Dialect → what is different, for people."""

CONFIG_NAME = "QTI21PackageConfig.xml"
CONFIG = b"""<deliveryOptions>
  <maxAttempts>1</maxAttempts>
  <enableCancel>false</enableCancel>
  <enableSuspend>false</enableSuspend>
  <displayScoreProgress>false</displayScoreProgress>
  <displayQuestionProgress>true</displayQuestionProgress>
  <displayMaxScoreItem>true</displayMaxScoreItem>
  <showMenu>true</showMenu>
  <showTitles>true</showTitles>
  <personalNotes>false</personalNotes>
  <blockAfterSuccess>false</blockAfterSuccess>
  <hideLms>true</hideLms>
  <hideFeedbacks>true</hideFeedbacks>
  <allowAnonym>false</allowAnonym>
</deliveryOptions>
"""
"""How OpenOLAT runs the test: one attempt, no score while it runs."""
