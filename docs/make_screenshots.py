"""Makes the pictures in docs/ from the real page over the example library: `make screenshots`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
from playwright.sync_api import Page, sync_playwright

from assistant.example import DOCUMENTS, QUESTIONS
from index import Library

HERE = Path(__file__).parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SIZES = {"page": (1440, 900), "tablet": (768, 1024), "phone": (360, 780)}


def main() -> None:
    """Serve a fresh example library and photograph its states, light and dark."""
    with tempfile.TemporaryDirectory() as folder:
        with Library.open(Path(folder) / "example.library") as library:
            library.sync(DOCUMENTS)
        command = [sys.executable, str(HERE.parent / "app.py"), f"{folder}/example.library"]
        environment = os.environ | {"FOOTNOTE_PORT": "0", "PYTHONUNBUFFERED": "1", "BROWSER": "true"}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
            line = next(line for line in server.stdout or () if "http://" in line)
            photograph(line[line.index("http://") :].split()[0])
            server.terminate()


def photograph(address: str) -> None:
    """Take every picture at every size and in both modes."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        for name, (width, height) in SIZES.items():
            for mode in ("light", "dark"):
                page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=mode)
                open_page(page, address)
                suffix = "" if mode == "light" else "-dark"
                picture(page, QUESTIONS[0], HERE / f"{name}{suffix}.png", cite=True)
                if name == "page":
                    picture(page, QUESTIONS[3], HERE / f"abstention{suffix}.png", cite=False)
                    view(page, address, HERE / f"people{suffix}.png")
                page.close()
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        open_page(page, address)
        page.add_style_tag(content="html { font-size: 200% }")
        picture(page, QUESTIONS[0], HERE / "large-text.png", cite=False)
        browser.close()


def open_page(page: Page, address: str) -> None:
    """Load the page, trying again while the server starts."""
    for _ in range(300):
        try:
            if httpx.get(f"{address.rstrip('/')}/health").is_success:
                break
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    page.goto(address)
    page.locator("textarea:enabled").first.wait_for(timeout=180_000)


def picture(page: Page, question: str, target: Path, *, cite: bool) -> None:
    """Ask, open the first citation where there is one, and save what is seen."""
    n_turns = page.locator("#turns .turn").count()
    page.locator("textarea").first.fill(question)
    page.locator("textarea").first.press("Enter")
    page.locator("#turns .turn").nth(n_turns).wait_for()
    if cite:
        page.locator("#turns .cite").first.click()
        page.locator("#source mark").first.wait_for()
    page.wait_for_timeout(500)
    page.screenshot(path=str(target))


def view(page: Page, address: str, target: Path) -> None:
    """Save the people view."""
    page.goto(f"{address}?view=people")
    page.locator("#view circle").first.wait_for()
    page.wait_for_timeout(500)
    page.screenshot(path=str(target))


if __name__ == "__main__":
    main()
