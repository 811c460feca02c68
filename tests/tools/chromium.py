"""Find Chromium, or install it where that can be done without asking (root on Debian)."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str:
    """Return the path of a Chromium, or an empty string."""
    wanted = os.environ.get("PORTAL_CHROMIUM", "")
    if wanted:
        return wanted
    return next((path for name in NAMES if (path := shutil.which(name))), "")


def find_or_install() -> str:
    """Return the path of a Chromium; install Debian's package as root; else say the command."""
    path = find()
    if path:
        return path
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        print("installing Chromium from Debian for the browser journeys …", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=True, env=environment)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=True, env=environment)
        path = find()
    if not path:
        sys.exit(
            "The browser journeys need Chromium. On Debian: sudo apt-get install chromium. Elsewhere set PORTAL_CHROMIUM."
        )
    return path
