"""A PostgreSQL server of the tests' own, from the system's packages, in a temporary folder."""

import os
import pwd
import shutil
import socket
import subprocess
from pathlib import Path
from uuid import uuid4

NO_SERVER = "needs PostgreSQL's server: install the package 'postgresql'"


def binaries() -> Path | None:
    """Return the folder of the newest server's programs, None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class DatabaseServer:
    """Started and stopped at will; every library gets a schema of its own."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._programs, self._data = programs, folder / "data"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:  # a server that root starts refuses to run
            shutil.chown(folder, self._user)
        secret = folder / "password"
        secret.write_text("right")
        secret.chmod(0o644)
        self._do("initdb", "-D", self._data, "-A", "scram-sha-256", "-U", "footnote", "--pwfile", secret, "-N",
                 "--locale", "C.UTF-8", "-E", "UTF8")  # fmt: skip
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        self._do("pg_ctl", "-D", self._data, "-w", "-l", self._data.parent / "log", "-o", options, "start")

    @property
    def pid(self) -> int:
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def stop(self) -> None:
        """Stop at once, whoever is connected."""
        self._do("pg_ctl", "-D", self._data, "-w", "-m", "immediate", "stop")

    def address(self, schema: str = "", password: str = "right", database: str = "postgres") -> str:
        base = f"postgresql://footnote:{password}@127.0.0.1:{self.port}/{database}"
        return f"{base}?options=-csearch_path%3D{schema},public" if schema else base

    def new_library(self) -> str:
        """Return the address of an empty schema."""
        import psycopg

        schema = f"library_{uuid4().hex[:12]}"
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {schema}")
        return self.address(schema)

    def _do(self, program: str, *arguments: object) -> None:
        command = [str(self._programs / program), *map(str, arguments)]
        user = self._user if os.geteuid() == 0 else None
        done = subprocess.run(command, user=user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
