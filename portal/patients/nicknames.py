"""Nicknames: two pleasant words and a number, made by chance, so that nothing leads back to a person."""

import re
import secrets

from sqlalchemy import select

from portal.kernel import db
from portal.kernel.errors import InvalidInputError
from portal.patients.models import Patient

LONGEST = 60
_TRIES = 40
_WRITTEN = re.compile(r"[\w][\w .'-]*", re.UNICODE)

FIRST = (
    "Amber", "Autumn", "Birch", "Blue", "Brave", "Bright", "Calm", "Cedar", "Cherry", "Clear",
    "Clover", "Copper", "Coral", "Crystal", "Dancing", "Early", "Evening", "Fair", "Fern", "Frosty",
    "Gentle", "Golden", "Green", "Happy", "Hazel", "Honey", "Indigo", "Ivory", "Jade", "Jolly",
    "Kind", "Lemon", "Light", "Lilac", "Linden", "Lively", "Lucky", "Maple", "Meadow", "Mellow",
    "Merry", "Mint", "Misty", "Morning", "Noble", "Olive", "Opal", "Orange", "Patient", "Pearl",
    "Pine", "Plum", "Polar", "Proud", "Quick", "Quiet", "Rosy", "Royal", "Sandy", "Scarlet",
    "Silver", "Singing", "Snowy", "Spring", "Steady", "Summer", "Sunny", "Swift", "Topaz", "Velvet",
    "Violet", "Warm", "White", "Willow", "Winter", "Wise", "Young",
)  # fmt: skip
SECOND = (
    "Acorn", "Anchor", "Apple", "Badger", "Bay", "Beacon", "Bell", "Bridge", "Brook", "Canyon",
    "Castle", "Cloud", "Comet", "Cove", "Crane", "Creek", "Dolphin", "Dove", "Dune", "Eagle",
    "Falcon", "Feather", "Finch", "Fjord", "Forest", "Fountain", "Fox", "Garden", "Glacier", "Grove",
    "Harbour", "Hare", "Harp", "Hedgehog", "Heron", "Hill", "Island", "Kestrel", "Kingfisher", "Lake",
    "Lantern", "Lark", "Lighthouse", "Lynx", "Marten", "Meadow", "Mill", "Moon", "Mountain", "Nightingale",
    "Oak", "Orchard", "Otter", "Owl", "Pebble", "Plover", "Pond", "Poplar", "Reef", "River",
    "Robin", "Rook", "Sail", "Seal", "Shore", "Sparrow", "Star", "Stone", "Stork", "Swallow",
    "Swan", "Thistle", "Tower", "Valley", "Wagtail", "Wave", "Well", "Woodpecker", "Wren",
)  # fmt: skip


def suggest() -> str:
    """Return a nickname that no patient has, such as ``Amber Kestrel 417``."""
    for _ in range(_TRIES):
        number = secrets.randbelow(900) + 100
        name = f"{secrets.choice(FIRST)} {secrets.choice(SECOND)} {number}"
        if not is_taken(name):
            return name
    raise InvalidInputError(
        "No free nickname was found.", fields={"nickname": "Please make one up."}
    )


def is_taken(nickname: str, besides: str = "") -> bool:
    """Return whether another patient than ``besides`` (an id) has the nickname."""
    statement = select(Patient.id).where(Patient.nickname == nickname, Patient.id != besides)
    return db.session.scalar(statement) is not None


def checked(nickname: str, given_name: str, family_name: str, besides: str = "") -> str:
    """Return the nickname as it will be kept, or raise with what is wrong at the field.

    A nickname that holds a part of the patient's name is refused: everybody on a panel reads it.
    """
    name = " ".join(nickname.split())
    problem = ""
    if not 3 <= len(name) <= LONGEST or not _WRITTEN.fullmatch(name):
        problem = f"Use 3 to {LONGEST} letters, digits, spaces, hyphens or full stops."
    elif _shares_a_word(name, f"{given_name} {family_name}"):
        problem = (
            "A nickname must not hold a part of the patient's name: others on the panel see it."
        )
    elif is_taken(name, besides):
        problem = "Another patient has this nickname already. Change the number."
    if problem:
        raise InvalidInputError("The nickname cannot be used.", fields={"nickname": problem})
    return name


def _shares_a_word(nickname: str, name: str) -> bool:
    words = {w.casefold() for w in re.split(r"\W+", nickname) if len(w) > 2}
    return bool(words & {w.casefold() for w in re.split(r"\W+", name) if len(w) > 2})
