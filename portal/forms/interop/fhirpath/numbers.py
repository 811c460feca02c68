"""The number functions of FHIRPath, lifted to collections: nothing in, nothing out."""

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Decimal

from portal.forms.expressions import decimals
from portal.forms.interop.access import number
from portal.forms.interop.fhirpath.evaluate import World
from portal.forms.interop.fhirpath.operators import single
from portal.forms.interop.fhirpath.parser import PathError
from portal.forms.interop.fhirpath.texts import Plain
from portal.forms.interop.fhirpath.values import Collection, numeric


def _number(function: Callable[..., Decimal | None]) -> Plain:
    def lifted(around: Collection, given: list[Collection], _world: World) -> Collection:
        value = single(around)
        if value is None:
            return []
        exact, arguments = numeric(value), [numeric(single(one)) for one in given]
        if exact is None or None in arguments:
            raise PathError("a number was expected")
        found = function(exact, *arguments)
        return [] if found is None else [found]

    return lifted


def _rounded(value: Decimal, places: Decimal = Decimal(0)) -> Decimal | None:
    return decimals.rounded(value, int(places))


def _to_number(around: Collection, _given: list[Collection], _world: World) -> Collection:
    value = single(around)
    if isinstance(value, bool):
        return [Decimal(int(value))]
    exact = number(value) if value is not None else None
    return [] if exact is None else [exact]


def _to_integer(around: Collection, given: list[Collection], world: World) -> Collection:
    found = _to_number(around, given, world)
    return found if found and found[0] == found[0].to_integral_value() else []


NUMBERS: dict[str, Plain] = {
    "abs": _number(abs),
    "round": _number(_rounded),
    "sqrt": _number(decimals.square_root),
    "ln": _number(decimals.natural_log),
    "exp": _number(decimals.exponential),
    "power": _number(decimals.power),
    "ceiling": _number(lambda v: v.to_integral_value(ROUND_CEILING)),
    "floor": _number(lambda v: v.to_integral_value(ROUND_FLOOR)),
    "truncate": _number(lambda v: v.to_integral_value(ROUND_DOWN)),
    "toInteger": _to_integer,
    "toDecimal": _to_number,
}
