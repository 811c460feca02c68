"""Settings: declared once, every mistake named, no development secret in production."""

from pathlib import Path

import pytest

from portal.kernel.errors import DefinitionError
from portal.settings import DEVELOPMENT_SECRET, PREFIX, SETTINGS, load

DOCS = Path(__file__).resolve().parents[3] / "docs" / "settings.md"
OWN_SECRETS = {PREFIX + s.name: "own-" + s.name.lower() for s in SETTINGS if s.secret}


def test_defaults_start_at_once() -> None:
    settings = load({})
    assert settings.env == "development"
    assert settings.database.startswith("sqlite:///")
    assert settings.origins["ENV"] == "default"


def test_environment_and_secret_files_win_over_defaults(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("from-file\n")
    settings = load({"PORTAL_PORT": "9000", "PORTAL_SECRET_KEY_FILE": str(secret)})
    assert (settings.port, settings.origins["PORT"]) == (9000, "environment")
    assert (settings.secret_key, settings.origins["SECRET_KEY"]) == ("from-file", "file")


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("PORTAL_PORT", "many", "expected a whole number, found 'many'"),
        ("PORTAL_ENV", "prod", "expected one of development, test, production; found 'prod'"),
        ("PORTAL_DPO_REQUIRED", "perhaps", "expected true or false, found 'perhaps'"),
        ("PORTAL_SECRET_KEYS", "x", "Did you mean 'PORTAL_SECRET_KEY'?"),
    ],
)
def test_a_wrong_value_names_the_variable_and_what_was_expected(
    variable: str, value: str, says: str
) -> None:
    with pytest.raises(DefinitionError) as caught:
        load({variable: value})
    assert variable in str(caught.value)
    assert says in str(caught.value)


def test_production_refuses_each_development_secret() -> None:
    with pytest.raises(DefinitionError) as caught:
        load({"PORTAL_ENV": "production"})
    refused = {issue.key for issue in caught.value.issues}
    assert refused == {PREFIX + s.name for s in SETTINGS if DEVELOPMENT_SECRET in str(s.default)}
    keys = {**OWN_SECRETS, "PORTAL_VAULT_KEYS": "k1:own"}
    assert load({"PORTAL_ENV": "production", **keys}).production


def test_variables_of_tools_and_tests_are_no_settings() -> None:
    assert load({"PORTAL_TRACE_PLUGINS": "1", "PORTAL_TEST_DATABASE": "x"}).env == "development"


def test_each_setting_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for setting in SETTINGS:
        row = f"| `{PREFIX}{setting.name}` |"
        assert row in text, setting.name
        assert setting.help in text, setting.name
