"""Text to comparable words: ``plain`` (no accents, lower case), ``key`` (spelling variants joined).

Both sides of a comparison, the stored designation and the typed query, pass through here.
"""

import re
import unicodedata

_LETTERS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"}
)
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "σ": "sigma", "τ": "tau", "ω": "omega",
}  # fmt: skip
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
_ROMAN_AFTER = {"i": "1", "v": "5", "x": "10"}
_NUMBERED = frozenset(
    (
        "type",
        "typ",
        "tipo",
        "typus",
        "tipus",
        "stage",
        "grade",
        "group",
        "class",
        "factor",
        "subtype",
    )
)
_APOSTROPHE = re.compile(r"['’`´ʼ]s?\b")
_NOT_WORD = re.compile(r"[\W_]+")
_KEEP_S = ("ss", "us", "is", "os", "as")
STOP_WORDS = frozenset(
    (
        "a", "an", "and", "any", "are", "as", "at", "be", "by", "due", "for", "from", "has",
        "have", "in", "into", "is", "of", "on", "or", "other", "than", "the", "to", "with",
        "du", "de", "des", "la", "le", "les", "et", "avec", "der", "die", "das", "und", "mit",
        "von", "dem", "el", "los", "las", "y", "con", "en", "di", "del", "della", "il", "gli",
        "e", "da", "do", "dos", "em", "com", "het", "een", "van", "met",
    )
)  # fmt: skip


def plain(text: str) -> str:
    """Return lower-case words without accents and punctuation, separated by single blanks."""
    folded = text.casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFKD", folded.translate(_LETTERS))
        folded = "".join(c for c in folded if not unicodedata.combining(c)).casefold()
    folded = _APOSTROPHE.sub("", folded)
    return _NOT_WORD.sub(" ", folded).strip()


def key_word(word: str, before: str = "") -> str:
    """Return one plain word with spelling variants joined.

    ae/oe become e (haematuria, oedema), -our becomes -or, -ise- becomes -ize-, a plural s goes,
    Roman numerals become digits, a Greek letter on its own its name.
    """
    if len(word) < 4:
        if word in _ROMAN:
            return _ROMAN[word]
        if before in _NUMBERED and word in _ROMAN_AFTER:
            return _ROMAN_AFTER[word]
        return _GREEK.get(word, word)
    if word in _ROMAN:
        return _ROMAN[word]
    out = word.replace("ae", "e").replace("oe", "e")
    if "our" in out and out.endswith(("our", "ours", "oured", "ouring")):
        out = out.replace("our", "or")
    if out.endswith("s") and not out.endswith(_KEEP_S):
        out = out[:-3] + "y" if out.endswith("ies") and len(out) > 5 else out[:-1]
    return out


def key_of_plain(text: str) -> str:
    """Return the key of a text that :func:`plain` made."""
    before, out = "", []
    for word in text.split():
        out.append(key_word(word, before))
        before = word
    return " ".join(out)


def key(text: str) -> str:
    """Return the words of ``text`` without accents, case, punctuation and spelling variants."""
    return key_of_plain(plain(text))


def code_form(text: str) -> str:
    """Return a code without case, blanks and separators: ``HP_0001250`` → ``hp0001250``."""
    return "".join(c for c in text.casefold() if c.isalnum())
