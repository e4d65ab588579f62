"""A recorded run to its measures: scored, compared, judged, tried against its gates, written down.

Knows nothing of how the run was made.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.evaluate.ask_all import Progress
from assistant.evaluate.compare import Difference, compare, compare_lists
from assistant.evaluate.definitions import DEFINITIONS, define
from assistant.evaluate.fingerprint import versions
from assistant.evaluate.judge import judge_model, judge_sentences
from assistant.evaluate.questions import EvaluationSet, Question
from assistant.evaluate.recorded import RunFiles, question_ids
from assistant.evaluate.report import write_report
from assistant.evaluate.result import Estimates, Evaluation
from assistant.evaluate.score import (
    count_abstentions,
    count_judged,
    estimate_categories,
    estimate_sheet,
    read_errors,
    score_files,
    summarise_seconds,
)
from assistant.settings import Settings
from index.errors import InputError


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run is held against.

    `against` is an earlier run to compare with. A run significantly worse than `no_worse_than`, by more than
    `tolerance`, breaks the gate, and so does each 'MEASURE=VALUE' of `fail_under` that is not reached. `judge` names a
    language model on the settings' server that gives a second opinion on what a language model wrote. `seed` is that
    of the resampling.
    """

    against: str | Path | None = None
    no_worse_than: str | Path | None = None
    tolerance: float = 0.0
    fail_under: Sequence[str] = ()
    judge: str | None = None
    seed: int = 0

    def check(self, settings: Settings) -> None:
        """Raise InputError for what can't be held, before the first question is asked."""
        for gate in self.fail_under:
            parse_gate(gate)
        for run in (self.against, self.no_worse_than):
            _earlier(run)
        judge_model(self.judge, settings)


def _earlier(run: str | Path | None) -> RunFiles | None:
    if run is None:
        return None
    files = RunFiles.at(Path(run).expanduser())
    if files.is_empty:
        raise InputError(f"{run}: no run to compare with; name the --out folder of an earlier one")
    return files


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it is recorded, and where its measures go."""

    evaluation_set: EvaluationSet
    questions: Sequence[Question]
    files: RunFiles
    target: RunFiles


def conclude(
    run: Run,
    terms: Terms,
    settings: Settings,
    in_force: Mapping[str, Any],
    seconds: Mapping[str, Any],
    on_progress: Progress | None,
) -> Evaluation:
    """Score a recorded run, compare it, try the gates, and write metrics.json and report.html."""
    run.target.folder.mkdir(parents=True, exist_ok=True)
    if model := judge_model(terms.judge, settings):
        judge_sentences(run.files, run.target, model, on_progress)
        run.files.judgments = run.target.judgments
    sheet = score_files(run.evaluation_set, run.questions, run.files)
    measures = estimate_sheet(sheet, seed=terms.seed)
    before = _earlier(terms.against or terms.no_worse_than)
    differences, changed = _compare(run, before, terms.seed)
    broken = broken_by_value(map(parse_gate, terms.fail_under), measures)
    if terms.no_worse_than:
        bound = _earlier(terms.no_worse_than) if terms.against else None
        broken += broken_by_test(_compare(run, bound, terms.seed)[0] if bound else differences, terms.tolerance)
    evaluation = Evaluation(
        folder=run.target.folder,
        measures=measures,
        n_questions=len(run.questions),
        n_clusters=len(set(sheet.clusters.tolist())),
        categories=estimate_categories(sheet, seed=terms.seed),
        errors=tuple(read_errors(run.files)),
        abstentions=count_abstentions(sheet),
        judged=count_judged(sheet, run.files),
        differences=differences,
        list_differences=compare_lists(sheet, seed=terms.seed),
        broken_gates=tuple(broken),
        settings={**in_force, **({"judge": model.name} if model else {})},
        versions=versions(),
        seconds={**seconds, "stages": summarise_seconds(sheet.seconds)},
    )
    text = json.dumps(evaluation.to_json(), indent=1, ensure_ascii=False)
    run.target.metrics.write_text(text + "\n", encoding="utf-8")
    write_report(run.target.report, evaluation, run.evaluation_set, sheet, run.files, changed, before)
    return evaluation


def _compare(run: Run, earlier: RunFiles | None, seed: int) -> tuple[dict[str, Difference], dict[str, float]]:
    """Compare with an earlier run on the questions that both have; also return by how much each question changed."""
    if earlier is None:
        return {}, {}
    there = question_ids(earlier)
    failed = {str(error["query_id"]) for files in (earlier, run.files) for error in read_errors(files)}
    shared = [question for question in run.questions if question.id in there - failed]
    if not shared:
        raise InputError(f"{earlier.folder}: not one question of {run.evaluation_set.name} is in that run")
    before, after = (score_files(run.evaluation_set, shared, files) for files in (earlier, run.files))
    return compare(before, after, seed=seed), after.changes_since(before)


@dataclass(frozen=True, slots=True)
class Gate:
    """A measure and the worst value that passes: the least, or the most where lower is better."""

    name: str
    worst: float


def parse_gate(text: str) -> Gate:
    """Parse 'MEASURE=VALUE'; raise InputError for an unknown measure before anything is asked."""
    name, _, value = text.rpartition("=")
    try:
        worst = float(value)
    except ValueError:
        raise InputError(f"gate '{text}': write MEASURE=VALUE, e.g. R@5=0.9") from None
    known = [definition.name for definition in DEFINITIONS]
    if name not in known and not name.startswith("silent_on_"):
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
        remedy = f"did you mean {near[0]}?" if near else "docs/evaluation.md lists them"
        raise InputError(f"gate '{text}': no measure '{name}'; {remedy}")
    return Gate(name, worst)


def broken_by_value(gates: Iterable[Gate], measures: Estimates) -> list[str]:
    """Say of each gate that does not hold why; raise InputError for a measure that this set can't give."""
    broken = []
    for gate in gates:
        if gate.name not in measures:
            raise InputError(
                f"gate '{gate.name}={gate.worst:g}': this set can't measure it; it has {', '.join(measures)}"
            )
        estimate, higher_is_better = measures[gate.name], define(gate.name).higher_is_better
        if (estimate.value < gate.worst) if higher_is_better else (estimate.value > gate.worst):
            side = "under" if higher_is_better else "over"
            interval = f"95 % {estimate.low:.3f} to {estimate.high:.3f}, n = {estimate.n:,}"
            doubt = ": so close that chance may decide it" if estimate.low <= gate.worst <= estimate.high else ""
            broken.append(f"{gate.name} is {estimate.value:.4g}, {side} {gate.worst:g} ({interval}){doubt}")
    return broken


def broken_by_test(differences: Mapping[str, Difference], tolerance: float) -> list[str]:
    """Say of each measure that is worse than before, by the corrected test and by more than the tolerance."""
    broken = []
    for name, found in differences.items():
        least_loss = -found.high if found.higher_is_better else found.low
        if found.verdict == "worse" and (not tolerance or least_loss > tolerance):
            change = f"{found.difference:+.3f} (95 % {found.low:+.3f} to {found.high:+.3f}, n = {found.n:,})"
            questions = f"{found.n_worse} questions worse, {found.n_better} better; " if found.n_worse else ""
            p = f"{questions}{found.test} p = {found.p_holm:.2g} after Holm's correction"
            broken.append(f"{name} got worse: {found.before:.3f} → {found.after:.3f}, {change}; {p}")
    return broken
