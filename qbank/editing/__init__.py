"""Fixes → files: text edits of YAML, JSON and JSON Lines that leave everything else byte for byte.

An edit is tried in the style of what it replaces, and counts only when the edited text reads back as
exactly the intended value. Comments, layout, quotes and line ends of all else stay.
"""
