"""English words down to what they may be forms of, and the tense their form shows."""

from __future__ import annotations

from functools import lru_cache

from assistant.check.words import IRREGULAR, NOUNS, SAME


@lru_cache(maxsize=65536)
def forms(word: str) -> frozenset[str]:
    """Return the words an inflected word may be a form of, itself among them: 'planned' → plan, plann, planne."""
    found = {word, *IRREGULAR.get(word, ())}
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        found |= {word[:-1]} | ({word[:-2]} if word.endswith("es") else set())
        if word.endswith("ies"):
            found.add(f"{word[:-3]}y")
    for ending in ("ed", "ing"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            base = word[: -len(ending)]
            found |= {base, f"{base}e"}
            if base[-1] == base[-2]:
                found.add(base[:-1])
            if ending == "ed" and base.endswith("i"):
                found.add(f"{base[:-1]}y")
    return frozenset(found | {same for form in found for same in SAME.get(form, ())})


def own_tense(word: str) -> str:
    """Return `past`, `any` (it ends in -ing), or '' where the form may be a present or no verb at all."""
    if word in IRREGULAR and word not in NOUNS:
        return "past"
    if word.endswith("ing"):
        return "any"
    return "past" if len(word) > 3 and word.endswith("ed") and not word.endswith("eed") else ""
