"""Where HL7's FHIRPath engine finds something else than we do, by reason. The table may only shrink."""

DEVIATIONS: dict[str, tuple[str, ...]] = {
    "the engine gives infinity or not-a-number, where FHIRPath and we have no value": (
        "Numbers: 0 ^ -1",
        "Numbers: ln(0)",
        "Numbers: ln(-1)",
    ),
    "beyond 1e±60 we say unknown; the engine counts on in binary floats": (
        "Numbers: 10 ^ 61",
        "Numbers: 10 ^ -61",
        "Numbers: 2 ^ 101",
        "Numbers: exp(500)",
        "Numbers: exp(-199)",
    ),
    "halves of negative numbers: we round away from zero, JavaScript upwards": (
        "Numbers: round(-2.5)",
    ),
    "1.005 is not 1.005 in binary floats": ("Numbers: round(1.005, 2)",),
    "numbers of places that make no sense: we say unknown": (
        "Numbers: round(7, 13)",
        "Numbers: round(7, -1)",
    ),
    "the engine counts UTF-16 units, we count letters": ("Text: length(u)",),
    "a date that is not known to the day: the engine adds what fits, we say unknown": (
        "Dates, partly known: onset + 1 day",
        "Dates, partly known: @2024 + 1 month",
    ),
    "beyond the years 1 to 9999 there are no dates for us; the engine leaves the calendar": (
        "Dates, partly known: 9999-12-31 + 1 day",
        "Dates, partly known: 0001-01-01 - 1 day",
    ),
    "whole years between partial dates, and from 29 February: our text in FHIRPath compares digits": (
        "Dates, partly known: years_between(1990-06, 2024-06-15)",
        "Dates, partly known: years_between(@1990, 2024-07-15)",
        "Dates, partly known: years_between(@1990, @2024)",
        "Dates, partly known: years_between(2000-02-29, 2001-02-28)",
    ),
    "the greater of two dates that overlap: the engine picks one, we say unknown": (
        "Dates, partly known: max(onset, 2024-05-05)",
    ),
    "the engine gives a moment without a zone the zone of its machine": (
        "Times: moment + 1 hour",
        "Times: moment + 45 minutes",
        "Times: moment + 1 day",
        "Times: 2024-05-17T23:30:10 + 1 hour",
        "Times: 2024-05-17T14:30Z = 2024-05-17T14:30",
    ),
    "the same amount in the other operand's unit": (
        "Quantities: mass + 500 g",
        "Quantities: sum(mass, 1000 g)",
    ),
    "the same number with the unit one": (
        "Quantities: mass / 40.5 kg",
        "Quantities: mass / 500 g",
    ),
    "units that cannot be compared are an error for us, false or nothing for the engine": (
        "Quantities: mass = size",
        "Quantities: mass < size",
        "Quantities: mass + size",
        "Quantities: mass is_not size",
        "Quantities: glucose = 99 mg/dL",
        'Quantities: in_unit(glucose, "mg/dL")',
        "Quantities: sum(mass, size)",
    ),
    "our several answers are a set: the same answer twice counts once": (
        "Choices: count(marks)",
        "Choices: sum(marks)",
    ),
}
