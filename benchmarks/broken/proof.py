"""What is wrong with a broken blueprint, found again by a program of its own: nothing of qbank is used.

A plain model over records as they stand in files: a column for every item, role and form; enemies as
pairs; every bound of every row with its own slack. HiGHS finds the least total slack.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import combinations
from typing import Any

Json = dict[str, Any]
Terms = dict[Any, float]
INFINITY = float("inf")


class Model:
    """Whole columns by name, rows as mappings from names to coefficients, and the least sum of slacks."""

    def __init__(self) -> None:
        self.columns: dict[Any, tuple[float, float]] = {}
        self.rows: list[tuple[Terms, float, float]] = []
        self.slacks: list[Any] = []

    def hard(self, terms: Terms, low: float, high: float) -> None:
        """A row that holds."""
        for name in terms:
            self.columns.setdefault(name, (0.0, 1.0))
        self.rows.append((terms, low, high))

    def soft(self, terms: Terms, low: float, high: float) -> None:
        """A row whose breach counts."""
        under, over = ("slack", len(self.rows), 0), ("slack", len(self.rows), 1)
        self.columns[under] = self.columns[over] = (0.0, 1e9)
        self.slacks += [under, over]
        self.hard({**terms, under: 1.0, over: -1.0}, low, high)

    def least(self) -> float | None:
        """The least sum of slacks; None when the hard rows contradict each other."""
        import highspy

        module: Any = highspy

        number = {name: place for place, name in enumerate(self.columns)}
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(number), len(self.rows)
        lp.col_cost_ = [0.0] * len(number)
        costs = list(lp.col_cost_)
        for name in self.slacks:
            costs[number[name]] = 1.0
        lp.col_cost_ = costs
        lp.col_lower_ = [low for low, _ in self.columns.values()]
        lp.col_upper_ = [high for _, high in self.columns.values()]
        lp.integrality_ = [highspy.HighsVarType.kInteger] * len(number)
        lp.row_lower_ = [low for _, low, _ in self.rows]
        lp.row_upper_ = [high for _, _, high in self.rows]
        starts, index, values = [0], list[int](), list[float]()
        for terms, _, _ in self.rows:
            index += [number[name] for name in terms]
            values += terms.values()
            starts.append(len(index))
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = starts, index, values
        solver = module.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("mip_rel_gap", 0.0)):
            solver.setOptionValue(option, value)
        solver.passModel(lp)
        solver.run()
        state = solver.getModelStatus()
        if state == highspy.HighsModelStatus.kInfeasible:
            return None
        assert state in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty), state
        return round(float(solver.getInfo().objective_function_value), 6)


def meets(item: Json, where: Json) -> bool:
    """Whether an item meets a `where` of equalities and minima; its role is not looked at."""
    for field, test in where.items():
        found = item.get(field, item["attributes"].get(field))
        if field == "role":
            continue
        if field == "content_area":
            if found != test and not str(found).startswith(f"{test}/"):
                return False
        elif isinstance(test, dict):
            if found is None or not test.get("minimum", -INFINITY) <= found <= test.get("maximum", INFINITY):
                return False
        elif found != test:
            return False
    return True


def least_breach(
    items: list[Json],
    blueprint: Json,
    soft: Collection[str] | None = None,
    without: Collection[str] = (),
    only: Collection[str] | None = None,
    forms: int | None = None,
) -> float | None:
    """The least total breach of the `soft` rows (None: of all but the length) while the others hold.

    Rows `without` are left out, and all that are not `only`; enemies, sizes of sets, uses and overlap always
    hold. None when even that cannot be.
    """
    model = Model()
    count = forms or blueprint.get("forms", 1)
    usable = [item for item in items if item["status"] in ("active", "pretest")]
    roles = blueprint.get("roles") or {"operational": blueprint["length"]}
    slots = {
        item["id"]: [role for role in roles if (item["status"] == "pretest") == (role == "pretest")]
        for item in usable
    }
    for form in range(count):
        for item in usable:
            if len(slots[item["id"]]) > 1:
                model.hard({(form, item["id"], role): 1.0 for role in slots[item["id"]]}, 0, 1)
        for label, terms, low, high in _rows(usable, slots, roles, blueprint, form):
            if label in without or (only is not None and label not in only):
                continue
            if soft is None or label in soft:
                model.soft(terms, low, high)
            else:
                model.hard(terms, low, high)
        _families(model, usable, slots, blueprint, form)
    _across(model, usable, slots, blueprint, count)
    return model.least()


def _rows(
    items: list[Json], slots: dict[str, list[str]], roles: dict[str, int], blueprint: Json, form: int
) -> Iterator[tuple[str, Terms, float, float]]:
    """The rows that a person may change, of one form."""
    for role, number in roles.items():
        terms = {(form, i["id"], role): 1.0 for i in items if role in slots[i["id"]]}
        yield ("length" if not blueprint.get("roles") else role), terms, number, number
    for row in blueprint["constraints"]:
        low, high = row.get("minimum", -INFINITY), row.get("maximum", INFINITY)
        if row["kind"] in ("content", "attribute_sum"):
            role = row["where"].get("role", "any")
            yield (
                row["label"],
                {
                    (form, item["id"], one): _amount(item, row)
                    for item in items
                    if meets(item, row["where"])
                    for one in slots[item["id"]]
                    if role in (one, "any")
                },
                low,
                high,
            )
        elif row["kind"] == "item_set" and "sets" in row:
            sets = {item["stimulus"] for item in items if item.get("stimulus")}
            bounds = row["sets"]
            yield (
                row["label"],
                {(form, "set", one): 1.0 for one in sorted(sets)},
                bounds.get("minimum", -INFINITY),
                bounds.get("maximum", INFINITY),
            )


def _amount(item: Json, row: Json) -> float:
    return float(item["attributes"][row["attribute"]]) if "attribute" in row else 1.0


def _families(
    model: Model, items: list[Json], slots: dict[str, list[str]], blueprint: Json, form: int
) -> None:
    kinds = {row["kind"]: row for row in blueprint["constraints"]}
    if "enemies" in kinds:
        present = {item["id"] for item in items}
        pairs = {(min(i["id"], other), max(i["id"], other)) for i in items for other in i.get("enemies", [])}
        for pair in sorted(pairs):
            if set(pair) <= present:
                model.hard({(form, one, role): 1.0 for one in pair for role in slots[one]}, 0, 1)
    if "item_set" in kinds:
        bounds = kinds["item_set"].get("items_per_set", {})
        sets: dict[str, list[Json]] = {}
        for item in items:
            if item.get("stimulus"):
                sets.setdefault(item["stimulus"], []).append(item)
        for name, members in sets.items():
            taken = {(form, item["id"], role): 1.0 for item in members for role in slots[item["id"]]}
            there = (form, "set", name)
            model.hard({**taken, there: -max(1, bounds.get("minimum", 1))}, 0, INFINITY)
            model.hard({**taken, there: -bounds.get("maximum", len(members))}, -INFINITY, 0)


def _across(
    model: Model, items: list[Json], slots: dict[str, list[str]], blueprint: Json, forms: int
) -> None:
    """What holds between forms."""
    most = min((r.get("maximum", 0) for r in blueprint["constraints"] if r["kind"] == "overlap"), default=0)
    uses = min((r["maximum"] for r in blueprint["constraints"] if r["kind"] == "exposure"), default=forms)
    limit = 1 if most == 0 else uses
    for item in items if limit < forms else ():
        model.hard({(f, item["id"], r): 1.0 for f in range(forms) for r in slots[item["id"]]}, 0, limit)
    if most:
        for one, other in combinations(range(forms), 2):
            for item in items:
                here = {(f, item["id"], role): 1.0 for f in (one, other) for role in slots[item["id"]]}
                model.hard({**here, (one, other, "both", item["id"]): -1.0}, -INFINITY, 1)
            model.hard({(one, other, "both", item["id"]): 1.0 for item in items}, 0, most)
