"""The actor: who does something, as facts that the policy needs. Made once per request."""

from dataclasses import dataclass, field
from datetime import datetime

COORDINATOR = "coordinator"
DISPATCHER = "dispatcher"
CLINICIAN = "clinician"
ASSISTANT = "assistant"
GUEST = "guest"
RESEARCHER = "researcher"
AUDITOR = "auditor"
SUPPORT = "support"
OPERATOR = "operator"

PROFILES: dict[str, str] = {
    CLINICIAN: "Clinician",
    COORDINATOR: "Coordinator",
    DISPATCHER: "Dispatcher",
    ASSISTANT: "Assistant",
    GUEST: "Guest",
    RESEARCHER: "Researcher",
    AUDITOR: "Auditor",
    SUPPORT: "Support",
    OPERATOR: "Operator",
}
ENROLLING_PROFILES = frozenset({CLINICIAN, COORDINATOR, DISPATCHER})
PLATFORM_PROFILES = frozenset({SUPPORT, OPERATOR, AUDITOR})


@dataclass(frozen=True)
class Grant:
    """One membership in force: a profile in a network, mostly at a centre.

    A guest of one panel or one patient (``limited_to`` is ``panel:<id>`` or ``patient:<id>``) is in no
    network: ``network_id`` and ``network_code`` are empty, ``network_name`` says who invited.
    """

    profile: str
    network_id: str | None = None
    network_code: str = ""
    network_name: str = ""
    centre_id: str | None = None
    centre_code: str = ""
    centre_name: str = ""
    acts_for_id: str | None = None
    may_enrol: bool = False
    limited_to: str = ""
    ends_at: datetime | None = None


@dataclass(frozen=True)
class Actor:
    """A person (or the system itself) with the memberships that are in force now."""

    person_id: str
    name: str = ""
    user_id: int = 0
    language: str = "en"
    grants: tuple[Grant, ...] = ()
    onboarded: bool = True
    acr: str = ""
    authenticated_at: datetime | None = None
    is_system: bool = False
    tags: frozenset[str] = field(default_factory=frozenset)

    @property
    def initials(self) -> str:
        """First letters of the first and the last name."""
        titles = {"dr", "prof", "mr", "ms", "mrs", "pd"}
        words = [
            w for w in self.name.split() if w[:1].isalpha() and w.rstrip(".").lower() not in titles
        ]
        return (words[0][0] + words[-1][0]).upper() if words else "?"

    @property
    def profiles(self) -> frozenset[str]:
        """All profiles held anywhere."""
        return frozenset(grant.profile for grant in self.grants)

    @property
    def is_member(self) -> bool:
        """Whether any membership is in force."""
        return bool(self.grants)

    def networks_as(self, *profiles: str) -> frozenset[str]:
        """Return the ids of networks where the actor holds one of ``profiles`` (any, when empty)."""
        return frozenset(
            grant.network_id
            for grant in self.grants
            if grant.network_id and (not profiles or grant.profile in profiles)
        )

    def centres_as(self, *profiles: str) -> frozenset[str]:
        """Return the ids of centres where the actor holds one of ``profiles`` (any, when empty)."""
        return frozenset(
            grant.centre_id
            for grant in self.grants
            if grant.centre_id and (not profiles or grant.profile in profiles)
        )

    @property
    def acts_for(self) -> frozenset[str]:
        """The persons in whose name the actor may act as an assistant."""
        return frozenset(g.acts_for_id for g in self.grants if g.acts_for_id)


def system(name: str) -> Actor:
    """Return the actor for work that no person started; ``name`` says which work."""
    return Actor(person_id=f"system:{name}", name=name, is_system=True)
