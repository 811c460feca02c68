"""What a document is about, in words that people choose from."""

CATEGORIES: dict[str, str] = {
    "referral": "Referral letter",
    "report": "Medical report",
    "laboratory": "Laboratory results",
    "genetics": "Genetic report",
    "imaging": "Imaging",
    "pathology": "Pathology",
    "photo": "Photographs",
    "video": "Video or sound",
    "operation": "Operation report",
    "consent": "Consent",
    "other": "Other",
}

_BY_GROUP = {"image": "imaging", "media": "video"}
_BY_FORMAT = {
    "jpeg": "photo",
    "png": "photo",
    "bmp": "photo",
    "svs": "pathology",
    "vcf": "genetics",
}


def proposed(format_key: str, group: str) -> str:
    """Return the category to begin with for a format, when nobody has chosen one."""
    return _BY_FORMAT.get(format_key) or _BY_GROUP.get(group, "other")
