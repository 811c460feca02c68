"""Authorisation lives only here: permissions, the policy, the guard, and the adapter for FAB."""
