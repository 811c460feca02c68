"""Names as people type them into a search box: without accents, in small letters."""

import unicodedata


def plain(text: str) -> str:
    """Return ``text`` without accents and capitals, spaces made single.

    ``Παπαδόπουλος`` becomes ``παπαδοπουλος``, ``Müller`` becomes ``muller``, ``Łukasz`` stays
    ``łukasz`` (a letter of its own).
    """
    parts = unicodedata.normalize("NFKD", text)
    letters = "".join(c for c in parts if not unicodedata.combining(c))
    return " ".join(letters.casefold().split())
