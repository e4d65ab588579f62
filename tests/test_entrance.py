"""Who is let in: users and their hashes, every route behind the door, each to their library, no door open to all."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import FakeAssistant, FakeLibrary, document, harbour_library
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from assistant.cli import app as command
from assistant.serve import Service, run
from assistant.serve.app import app_for_users
from assistant.serve.users import User, Users, add_user, hash_password, hash_token, is_password, new_token, read_users
from index.errors import InputError, SettingError

PASSWORD, TOKEN = "correct horse battery", new_token()
HOST = "http://127.0.0.1:7860"
ADAS = Path("ada.library")


@pytest.fixture(scope="module")
def users() -> Users:
    hashed = hash_password(PASSWORD)
    return Users([User("ada", hashed, ADAS), User("bob", hashed), User("bob", hash_token(TOKEN))])


@pytest.fixture
def client(users: Users) -> Iterator[TestClient]:
    own = FakeLibrary()
    own.add([document("adas.txt", "Ada's own words.")])
    libraries = {ADAS: own, None: harbour_library()}
    app = app_for_users(users, lambda folder: Service(lambda: FakeAssistant(libraries[folder])).open(), with_page=False)
    with TestClient(app, base_url=HOST) as client:
        yield client


def basic(name: str, password: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def test_a_password_is_kept_as_a_salted_hash():
    one, two = hash_password(PASSWORD), hash_password(PASSWORD)
    assert one != two
    assert PASSWORD not in one
    assert is_password(PASSWORD, one)
    assert not is_password(PASSWORD + " ", one)
    assert not is_password(PASSWORD, "scrypt$zz$zz")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("ada", "wrong password"),
        basic("nobody", PASSWORD),
        {"authorization": "Basic !!!"},
        {"authorization": "Bearer " + TOKEN[:-1]},
        {"authorization": "Bearer"},
        {"authorization": f"Digest {TOKEN}"},
        {"authorization": "Bearer " + hash_token(TOKEN)},
    ],
)
def test_nobody_comes_in_without_a_secret(client: TestClient, headers: dict[str, str]):
    answer = client.get("/api/v1/documents", headers=headers)
    assert (answer.status_code, answer.json()["title"]) == (401, "Unauthorized")
    assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/config"),
        ("POST", "/page/ask"),
        ("GET", "/page/documents"),
        ("GET", "/metrics"),
        ("POST", "/mcp"),
        ("GET", "/api/v1/openapi.json"),
        ("POST", "/v1/chat/completions"),
        ("DELETE", "/api/v1/documents/news.txt"),
        ("GET", "/anything"),
    ],
)
def test_every_door_asks(client: TestClient, method: str, path: str):
    assert client.request(method, path).status_code == 401


def test_health_is_open_and_says_nothing(client: TestClient):
    assert client.get("/health").json() == {"status": "ok"}


def test_each_is_led_to_their_library(client: TestClient):
    def ids(headers: dict[str, str]) -> list[str]:
        return [each["id"] for each in client.get("/api/v1/documents", headers=headers).json()]

    assert ids(basic("ada", PASSWORD)) == ["adas.txt"]
    assert ids(basic("bob", PASSWORD)) == ids({"authorization": f"Bearer {TOKEN}"}) == ["minutes.docx", "news.txt"]
    assert client.get("/api/v1/documents/news.txt/text", headers=basic("ada", PASSWORD)).status_code == 404


def test_guessing_is_slowed_down_and_does_not_lock_out_who_is_in(client: TestClient):
    known = basic("bob", PASSWORD)
    assert client.get("/api/v1/documents", headers=known).status_code == 200
    codes = [client.get("/metrics", headers={"authorization": f"Bearer {n}"}).status_code for n in range(15)]
    assert codes[0] == 401
    assert codes[-1] == 429
    assert client.get("/api/v1/documents", headers=known).status_code == 200


def test_openais_clients_read_that_a_token_is_needed(client: TestClient):
    error = client.get("/v1/models").json()["error"]
    assert error["type"] == "authentication_error"
    assert "token" in error["message"]


# --- the file


def test_the_command_writes_hashes_that_only_the_owner_can_read(tmp_path: Path):
    path = tmp_path / "users"
    done = CliRunner().invoke(command, ["user", "ada", "--auth", str(path)], input=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    done = CliRunner().invoke(command, ["user", "ada", "--auth", str(path), "--token"])
    token = done.output.strip()
    written = path.read_text()
    assert PASSWORD not in written
    assert token not in written
    assert path.stat().st_mode & 0o077 == 0
    users = read_users(path)
    assert users.check(f"Bearer {token}").name == "ada"
    assert users.check(basic("ada", PASSWORD)["authorization"]).name == "ada"


def test_a_new_password_replaces_the_old_one(tmp_path: Path):
    for secret in ("the first password", PASSWORD):
        add_user(tmp_path / "users", User("ada", hash_password(secret)))
    users = read_users(tmp_path / "users")
    assert users.check(basic("ada", "the first password")["authorization"]) is None
    assert users.check(basic("ada", PASSWORD)["authorization"])


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "names nobody"), ("ada", "line 1"), ("# x\nada:plain:", "line 2"), (None, "footnote user")],
    ids=["empty", "no-hash", "plain-password", "no-file"],
)
def test_a_users_file_with_mistakes_is_named(tmp_path: Path, text: str | None, says: str):
    path = tmp_path / "users"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SettingError, match=says):
        read_users(path)


@pytest.mark.parametrize("password", ["", "short", "x" * 1_001])
def test_a_password_has_a_length(password: str):
    with pytest.raises(InputError, match="characters"):
        hash_password(password)


# --- no door open to all


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "myhost.example"])
def test_another_host_without_passwords_is_refused(host: str, tmp_path: Path):
    with pytest.raises(InputError, match="nobody has a password"):
        run(tmp_path / "library", host=host)
