"""Reads about people: cards, access requests, the own profile and sessions, experts and groups."""

from portal.people.queries.cards import PersonCard, cards

__all__ = ["PersonCard", "cards"]
