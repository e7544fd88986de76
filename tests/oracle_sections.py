"""What the oracle says of the sections of a form; it imports nothing of qbank."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from tests.oracle_items import Json


def broken_sections(form: Json, case: Any) -> list[str]:
    """The broken rows of sections, each called after its section; a `Case` judges the rows."""
    bank, blueprint = case.bank, case.blueprint
    plans, broken = blueprint.get("sections") or [], []
    if plans and [one["id"] for one in form["sections"]] != [plan["id"] for plan in plans]:
        return ["sections"]
    homes: dict[str, str] = {}
    for plan, section in zip(plans, form["sections"], strict=False):
        seats = [(p, bank[p["item"]]) for p in section.get("placements", []) if p["item"] in bank]
        own = {**blueprint, "roles": plan.get("roles"), "length": plan["length"]}
        own["constraints"] = plan.get("constraints", [])
        inside = case._replace(seats=seats, blueprint=own)
        for row in (*own["constraints"], *_lengths(plan)):
            if row.get("weight") is None and not getattr(inside, row["kind"])(row):
                broken.append(f"{plan['id']}: {row['label']}")
        if section.get("time_limit_minutes") != plan.get("time_limit_minutes"):
            broken.append("sections")
        sets = [item.get("stimulus", "") for _, item in seats]
        order = plan.get("order") or blueprint.get("order", ["content_area", "item_set", "seed"])
        runs = [one for one, _ in groupby(sets) if one]
        if "item_set" in order and len(runs) != len(set(runs)):
            broken.append("item_set")
        broken += ["item_set" for one in set(sets) - {""} if homes.setdefault(one, plan["id"]) != plan["id"]]
    return broken


def _lengths(plan: Json) -> list[dict[str, Any]]:
    """The rows that the length and the roles of a section imply."""
    both = ("minimum", "maximum")
    rows: list[dict[str, Any]] = [
        {"label": "length", "kind": "length", **dict.fromkeys(both, plan["length"])}
    ]
    for role, count in (plan.get("roles") or {}).items():
        rows.append({"label": role, "kind": "length", "role": role, **dict.fromkeys(both, count)})
    return rows
