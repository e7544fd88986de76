"""The value of an arithmetic expression over named variables: parsed, walked, never evaluated as code."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping

_TEXT = re.compile(
    r"(?:\s+|\*\*|[-+*/(),]|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])|[A-Za-z_][A-Za-z0-9_]*)*"
)
_LONGEST = 500
_DIGITS = 12
_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: math.pow,
}


class FormulaError(Exception):
    """An expression that has no value; the message says why."""


def value(expression: str, variables: Mapping[str, float]) -> float:
    """The value of `expression`: numbers, variables, + - * / **, parentheses, min max round ceil floor abs.

    round is half away from zero, as on paper. Raises FormulaError.
    """
    text = " ".join(expression.split())
    if len(text) > _LONGEST:
        raise FormulaError(f"it is longer than {_LONGEST} characters")
    matched = _TEXT.match(text)
    if matched is None or matched.end() < len(text):
        raise FormulaError(f"{text[matched.end() if matched else 0 :][:12]!r} is not understood")
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise FormulaError("it is no complete formula") from None
    try:
        result = _value(tree.body, variables)
    except ZeroDivisionError:
        raise FormulaError("it divides by zero") from None
    except ValueError:
        raise FormulaError("it has no real value") from None
    except (ArithmeticError, RecursionError):
        raise FormulaError("its value is too large") from None
    if not math.isfinite(result):
        raise FormulaError("its value is too large")
    return result


def _value(node: ast.expr, variables: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            if name not in variables:
                raise FormulaError(f"the variable {name} has no value")
            return float(variables[name])
        case ast.UnaryOp(op=ast.UAdd() | ast.USub() as sign, operand=operand):
            inner = _value(operand, variables)
            return -inner if isinstance(sign, ast.USub) else inner
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _BINARY[type(op)](_value(left, variables), _value(right, variables))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _call(name, [_value(one, variables) for one in args])
        case _:
            raise FormulaError("it holds more than numbers, variables and arithmetic")


def _call(name: str, numbers: list[float]) -> float:
    match name, numbers:
        case "min" | "max", [_, *_]:
            return min(numbers) if name == "min" else max(numbers)
        case "abs", [one]:
            return abs(one)
        case "ceil", [one]:
            return float(math.ceil(_snapped(one)))
        case "floor", [one]:
            return float(math.floor(_snapped(one)))
        case "round", [one]:
            return _rounded(one, 0)
        case "round", [one, digits] if digits.is_integer() and abs(digits) <= _DIGITS:
            return _rounded(one, int(digits))
        case "min" | "max" | "abs" | "ceil" | "floor" | "round", _:
            raise FormulaError(f"{name} has the wrong number of arguments")
        case _:
            raise FormulaError(f"there is no function {name}; there are min, max, round, ceil, floor, abs")


def _snapped(number: float) -> float:
    """A number without the noise of binary fractions: 0.6 / 0.2 is 3."""
    return float(f"{number:.{_DIGITS}g}")


def _rounded(number: float, digits: int) -> float:
    from decimal import ROUND_HALF_UP, Decimal

    return float(Decimal(repr(_snapped(number))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))
