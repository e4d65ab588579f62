"""Settings come from command line, environment, file and default, in this order, and refuse what they don't know."""

import pytest
from pydantic import ValidationError

from assistant.settings import PREFIX, Caution, Settings, load, origin, settings_file
from index.errors import SettingError


@pytest.fixture
def write(tmp_path):
    return lambda text: settings_file().write_text(text)


def test_the_file_is_the_tests_own(tmp_path):
    assert settings_file() == tmp_path / "settings.toml"


def test_each_source_goes_before_the_next(monkeypatch, write):
    default = Settings.model_fields["k"].default
    assert (load().k, origin("k")) == (default, "default")
    write("k = 7\n")
    assert (load().k, load(k=9).k) == (7, 9)
    assert origin("k") == f"file {settings_file()}"
    monkeypatch.setenv("FOOTNOTE_K", "8")
    assert (load().k, origin("k")) == (8, "environment")
    assert load(k=9).k == 9
    assert load(k=None).k == 8  # not given on the command line


def test_values_are_turned_into_their_types(monkeypatch, tmp_path, write):
    write(f'caution = "eager"\nlibrary = "{tmp_path}"\n')
    monkeypatch.setenv("FOOTNOTE_PORT", "0")
    settings = load()
    assert (settings.caution, settings.library, settings.port) == (Caution.EAGER, tmp_path, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [("K", "0"), ("K", "many"), ("PORT", "70000"), ("CAUTION", "bold")],
    ids=["below-range", "no-number", "above-range", "no-choice"],
)
def test_a_value_that_can_not_be_taken_is_named(monkeypatch, name, value):
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingError, match=f"'{name.lower()}'"):
        load()


@pytest.mark.parametrize(
    ("text", "said"),
    [("k = ", "can't be read"), ("typo = 1\n", "'typo'"), ("k = 0\n", "'k'")],
    ids=["no-toml", "unknown-name", "below-range"],
)
def test_a_wrong_settings_file_is_an_error(write, text, said):
    write(text)
    with pytest.raises(SettingError, match=said):
        load()


def test_a_settings_file_that_is_a_folder_is_an_error(tmp_path):
    (tmp_path / "settings.toml").mkdir()
    with pytest.raises(SettingError, match="can't be read"):
        load()


@pytest.mark.parametrize("name", ["FOOTNOTE_TYPO", "footnote_typo"])
def test_an_unknown_name_with_our_prefix_is_an_error(monkeypatch, name):
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingError, match=name):
        load()


def test_names_that_are_read_elsewhere_are_known(monkeypatch, tmp_path):
    monkeypatch.setenv("FOOTNOTE_CACHE", str(tmp_path))
    load()


def test_settings_can_not_be_changed_and_every_one_says_what_it_is():
    settings = load()
    with pytest.raises(ValidationError):
        settings.k = 3
    assert all(field.description for field in Settings.model_fields.values())
