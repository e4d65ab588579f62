"""An answer as plain text: its words with their numbers, and under them the list of sources.

For doors that carry text alone: chat clients, tools of a language model.
"""

from __future__ import annotations

from assistant.answer import Answer, Citation

_HEAD = "\n\nSources:\n"


def with_sources(answer: Answer) -> str:
    """Return the answer's text with its sources; of an abstention, with the questions that do have an answer."""
    return answer.text + sources(answer)


def sources(answer: Answer) -> str:
    """Return what follows the text: one line a number, with title, source, page, date and characters; '' for none."""
    if answer.abstention:
        return "".join(f"\n- {question}" for question in answer.abstention.instead)
    cited = {citation.number: citation for citation in answer.citations}
    return _HEAD + "\n".join(_line(cited[number]) for number in sorted(cited))


def without_sources(text: str) -> str:
    """Return an earlier answer's own words: a client that sends the conversation back sends the list with them."""
    return text.partition(_HEAD)[0]


def _line(citation: Citation) -> str:
    document, quote = citation.document, citation.quote
    known = (
        document.title,
        document.source if document.source != document.title else None,
        f"page {citation.page}" if citation.page else None,
        citation.date or document.date,
        f"characters {quote.start}-{quote.end}",
    )
    return f"[{citation.number}] " + " · ".join(" ".join(part.split()) for part in known if part)
