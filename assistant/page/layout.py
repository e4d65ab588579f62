"""Lays the page out in Gradio: three panes, the composer, and the events that ask.

What moves on the page without asking (sources, uploads, lists) is the matter of script/, over the routes of `routes`.
"""

from __future__ import annotations

import gradio as gr

_LIBRARY = """
<div class="brand"><h1>Footnote<sup aria-hidden="true">1</sup></h1>
<button type="button" class="fold" data-do="fold-library" aria-label="Close the library">×</button></div>
<nav class="views-nav" aria-label="Views">
<button type="button" data-do="show" data-view="talk" aria-current="page">Ask</button>
<button type="button" data-do="show" data-view="people">People</button>
<button type="button" data-do="show" data-view="evaluation">Evaluation</button></nav>
<button type="button" class="new" data-do="new">New conversation</button>
<div id="drop" class="drop"><span>Drop files or a folder here</span>
<span class="choices">or choose <button type="button" data-do="choose" aria-label="Choose files">files</button>
<button type="button" data-do="choose-folder" aria-label="Choose a folder">a folder</button></span>
<input type="file" id="files" multiple hidden aria-label="Files to add">
<input type="file" id="folder" webkitdirectory hidden aria-label="Folder to add"></div>
<ul id="uploads" class="uploads" aria-label="Uploads" hidden></ul>
<div class="search" hidden>
<input type="search" id="search" aria-label="Find a document or a conversation" placeholder="Find by words…">
</div>
<div id="documents"></div><div id="conversations"></div><div id="people"></div>
"""
_BAR = """
<div class="bar"><button type="button" data-do="unfold-library" aria-expanded="false" aria-controls="library-pane">
<svg width="1.1em" height="1.1em" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"
 aria-hidden="true"><path d="M4 6h16M4 12h16M4 18h16"/></svg> Library</button>
<span class="brand-small" aria-hidden="true">Footnote<sup>1</sup></span></div>
"""
_TURNS = """
<p id="news" class="news" role="status" aria-live="polite"></p>
<p id="loading" class="news" role="status"></p>
<div id="welcome"></div>
<div id="turns" role="log" aria-label="Conversation" aria-live="polite"></div><div id="live"></div>
"""
_HINT = """
<div class="hint"><details id="narrow"><summary>Narrow down<span id="narrowed"></span></summary><div class="fields">
<label>Speaker <input name="speaker" list="speakers" autocomplete="off" placeholder="anybody"></label>
<label>Document or folder <input name="source" list="sources" autocomplete="off" placeholder="any"></label>
<label>Since <input name="since" type="date"></label><label>Until <input name="until" type="date"></label>
<button type="button" data-do="widen">Clear</button></div><div id="choices"></div></details>
<p>Every answer cites your documents: each number opens the place where it stands.</p></div>
"""
_VIEW = '<div id="view" tabindex="-1"></div>'
_SOURCE = """
<div class="source-bar"><button type="button" data-do="close-source">← <span class="wide">Close</span>
<span class="narrow">Back to the answer</span></button>
<span class="steps cited" hidden><button type="button" data-do="previous" aria-label="Previous citation">‹</button>
<span id="place" role="status"></span>
<button type="button" data-do="next" aria-label="Next citation">›</button></span>
<span class="steps speaks" hidden><button type="button" data-do="said-before" aria-label="Previous statement">‹</button>
<span id="speaks" role="status"></span>
<button type="button" data-do="said-after" aria-label="Next statement">›</button></span></div>
<div id="source"></div>
"""


def build_page() -> gr.Blocks:
    """Return the page; what happens on it is in the hands of its script."""
    page = gr.Blocks(title="Footnote", fill_width=True, analytics_enabled=False)
    with page, gr.Row(elem_id="panes"):
        with gr.Column(elem_id="library-pane"):
            _html(_LIBRARY)
        with gr.Column(elem_id="talk-pane"):
            _html(_BAR)
            _html(_VIEW)
            with gr.Column(elem_id="talk"):
                _html(_TURNS)
            with gr.Row(elem_id="composer"):
                question = gr.Textbox(
                    label="Ask your documents",
                    placeholder="Ask your documents…",
                    elem_id="question",
                    lines=1,
                    max_lines=6,
                    container=False,
                    autofocus=True,
                )
                send = gr.Button("Ask", elem_id="send", variant="primary")
                stop = gr.Button("Stop", elem_id="stop")
            _html(_HINT)
        with gr.Column(elem_id="source-pane"):
            _html(_SOURCE)
        asking = "(question) => window.footnote?.send(question)"
        gr.on([question.submit, send.click], None, [question], js=asking, api_visibility="private")
        stop.click(None, js="() => window.footnote.stop()")
    return page


def _html(value: str) -> None:
    gr.HTML(value, apply_default_css=False, padding=False, js_on_load=None)
