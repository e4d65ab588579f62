"""The example library: invented news, minutes, letters and contracts of a harbour town, and questions to try."""

from __future__ import annotations

from pathlib import Path

DOCUMENTS = Path(__file__).parent / "documents"
# The last one is not in the documents: silence is part of what there is to see.
QUESTIONS = (
    "What did Marta Lindqvist say about the cruise ships?",
    "When does the dredging work begin?",
    "Who spoke about the night ferry?",
    "What did Mayor Strand say about the wind park?",
)
