"""The demo world: invented hospitals, people, patients and panels, made by the portal's services.

Nobody and nothing in it exists, but the cities, the diseases and their codes. It is built in order of
time with the clock moved back, so that lists, deadlines and timelines read as a year of work.
"""

from portal.demo.accounts import DemoAccount, demo_accounts
from portal.demo.build import build

__all__ = ["DemoAccount", "build", "demo_accounts"]
