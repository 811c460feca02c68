"""Releasing a form: a changed definition file becomes a version that never changes again.

``preview`` says what a release means (the changes in form terms, the author's checks, what happens to
stored answers) and what forbids it; ``publish`` stores it.
"""
