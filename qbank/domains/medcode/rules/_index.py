"""What is known of these rules before they are imported; written by docs/generate.py."""

# fmt: off
# ruff: noqa: E501
from __future__ import annotations

from typing import Any

KNOWN: dict[str, tuple[str, dict[str, tuple[Any, ...]]]] = {
    'qbank.domains.medcode.rules': ('b50f032d293fe756559ad3eebb63a634', {
        'code_ambiguous': ('error', 'bank', True, False, True, False, (), {}),
        'code_encounter': ('warning', 'item', True, False, True, True, ('MultipleChoice', 'MultipleResponse', 'TrueFalse', 'Matching', 'Ordering', 'Numeric', 'ShortAnswer', 'Essay'), {}),
        'code_excludes1': ('warning', 'item', True, False, True, False, ('MultipleChoice', 'MultipleResponse', 'TrueFalse', 'Matching', 'Ordering', 'Numeric', 'ShortAnswer', 'Essay'), {}),
        'code_format': ('error', 'item', True, False, True, True, ('MultipleChoice', 'MultipleResponse', 'TrueFalse', 'Matching', 'Ordering', 'Numeric', 'ShortAnswer', 'Essay'), {}),
        'code_laterality': ('warning', 'item', True, False, True, False, ('MultipleChoice', 'MultipleResponse', 'TrueFalse', 'Matching', 'Ordering', 'Numeric', 'ShortAnswer', 'Essay'), {}),
        'code_manifestation_first': ('error', 'item', True, False, True, False, ('MultipleChoice', 'MultipleResponse', 'TrueFalse', 'Matching', 'Ordering', 'Numeric', 'ShortAnswer', 'Essay'), {}),
        'code_not_billable': ('error', 'item', True, False, True, False, ('MultipleChoice', 'MultipleResponse', 'TrueFalse', 'Matching', 'Ordering', 'Numeric', 'ShortAnswer', 'Essay'), {}),
        'code_not_yet_effective': ('error', 'item', True, False, True, False, ('MultipleChoice', 'MultipleResponse', 'TrueFalse', 'Matching', 'Ordering', 'Numeric', 'ShortAnswer', 'Essay'), {}),
        'code_retired': ('error', 'item', True, False, True, False, ('MultipleChoice', 'MultipleResponse', 'TrueFalse', 'Matching', 'Ordering', 'Numeric', 'ShortAnswer', 'Essay'), {}),
        'code_sequence': ('warning', 'item', True, False, True, False, ('MultipleChoice', 'MultipleResponse', 'TrueFalse', 'Matching', 'Ordering', 'Numeric', 'ShortAnswer', 'Essay'), {}),
        'code_seventh_character': ('error', 'item', True, False, True, False, ('MultipleChoice', 'MultipleResponse', 'TrueFalse', 'Matching', 'Ordering', 'Numeric', 'ShortAnswer', 'Essay'), {}),
        'code_table': ('error', 'bank', True, False, True, False, (), {}),
        'code_title_changed': ('warning', 'item', True, False, True, False, ('MultipleChoice', 'MultipleResponse', 'TrueFalse', 'Matching', 'Ordering', 'Numeric', 'ShortAnswer', 'Essay'), {}),
        'code_undeclared': ('warning', 'bank', True, False, True, False, (), {}),
        'code_unknown': ('error', 'item', True, False, True, False, ('MultipleChoice', 'MultipleResponse', 'TrueFalse', 'Matching', 'Ordering', 'Numeric', 'ShortAnswer', 'Essay'), {}),
        'codes_beyond_data': ('info', 'bank', True, False, True, False, (), {}),
        'codes_not_checked': ('warning', 'bank', True, False, True, False, (), {}),
        'cpt_unverified': ('info', 'bank', True, False, True, False, (), {}),
        'guideline_reference': ('warning', 'item', True, False, True, True, ('MultipleChoice', 'MultipleResponse', 'TrueFalse', 'Matching', 'Ordering', 'Numeric', 'ShortAnswer', 'Essay'), {}),
        'hcpcs_inactive': ('error', 'item', True, False, True, False, ('MultipleChoice', 'MultipleResponse', 'TrueFalse', 'Matching', 'Ordering', 'Numeric', 'ShortAnswer', 'Essay'), {}),
        'hcpcs_units': ('warning', 'item', True, False, True, False, ('MultipleChoice', 'Numeric', 'ShortAnswer'), {}),
        'licensed_text': ('error', 'bank', True, False, False, False, (), {}),
    }),
}
