"""One process, several doors: the page, REST, health. Every door drains the same stream."""

from assistant.serve.app import app_for, create_app
from assistant.serve.service import Service
from assistant.serve.start import run

__all__ = ["Service", "app_for", "create_app", "run"]
