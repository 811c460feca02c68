"""Questionnaires from elsewhere as definitions of ours."""
