"""Pictures as text for programs that lay them out: Mermaid, and dot of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .drawing import Arrow, Box, Drawing

# --- Mermaid ----------------------------------------------------------------------------------------

_CLASSES = {
    "any": "stroke-dasharray: 5 5",
    "rule": "fill:#e8f4e8,stroke:#4a7a4a",
    "refusal": "fill:#f7e6e4,stroke:#a04a3f",
    "closed": "fill:#eeeeee",
}


def write_mermaid(drawings: Sequence[Drawing]) -> str:
    """A Markdown page with each picture under its heading; a single picture is Mermaid alone."""
    if len(drawings) == 1:
        return "\n".join(_write_flowchart(drawings[0])) + "\n"
    return "\n".join(
        f"## {_write_title(one)}\n\n```mermaid\n{chr(10).join(_write_flowchart(one))}\n```\n"
        for one in drawings
    )


def _write_flowchart(drawing: Drawing) -> Iterator[str]:
    yield f"flowchart {'LR' if drawing.of == 'states' else 'TD'}"
    for box in drawing.boxes:
        yield f"  {box.name}{_write_shape(box)}"
    for arrow in drawing.arrows:
        text = f'|"{_escape_mermaid(arrow.lines)}"|' if arrow.lines else ""
        yield f"  {arrow.start} -->{text} {arrow.end}"
    for shape, style in _CLASSES.items():
        names = [box.name for box in drawing.boxes if box.shape == shape]
        if names:
            yield f"  classDef {shape}Box {style}"
            yield f"  class {','.join(names)} {shape}Box"


def _write_shape(box: Box) -> str:
    opened, closed = _SHAPES[box.shape]
    return f'{opened}"{_escape_mermaid(box.lines) or " "}"{closed}'


_SHAPES = {
    "status": ("([", "])"),
    "closed": ("(((", ")))"),
    "start": ("((", "))"),
    "any": ("[", "]"),
    "question": ("{", "}"),
    "rule": ("[", "]"),
    "refusal": ("[", "]"),
}


def _escape_mermaid(lines: Sequence[str]) -> str:
    """Lines for a text in quotes; characters with a meaning in Mermaid or HTML become entities."""
    return "<br>".join("".join(_write_entity(letter) for letter in line) for line in lines)


def _write_entity(letter: str) -> str:
    return f"#{ord(letter)};" if letter in '"#&<>`\\' else letter


def _write_title(drawing: Drawing) -> str:
    return f"{drawing.title} ({drawing.book}{'' if drawing.of == 'states' else f', {drawing.of}'})"


# --- Graphviz ---------------------------------------------------------------------------------------

_DOT = {
    "status": "shape=box, style=rounded",
    "closed": "shape=box, style=rounded, peripheries=2",
    "start": "shape=circle, style=filled, fillcolor=black, width=0.15, fixedsize=true",
    "any": "shape=box, style=dashed",
    "question": 'shape=box, style=filled, fillcolor="#fff6dd"',
    "rule": 'shape=box, style=filled, fillcolor="#e8f4e8"',
    "refusal": 'shape=box, style=filled, fillcolor="#f7e6e4"',
}


def write_dot(drawings: Sequence[Drawing]) -> str:
    """A graph in the language of dot for each picture."""
    return "\n".join("\n".join(_write_digraph(one)) + "\n" for one in drawings)


def _write_digraph(drawing: Drawing) -> Iterator[str]:
    yield f"digraph {_quote((f'{drawing.book} {drawing.of}',))} {{"
    yield f'  graph [fontname="Helvetica", labelloc=t, label={_quote((_write_title(drawing),))}]'
    yield '  node [fontname="Helvetica", fontsize=11]'
    yield '  edge [fontname="Helvetica", fontsize=10]'
    for box in drawing.boxes:
        yield f"  {box.name} [label={_quote(box.lines)}, {_DOT[box.shape]}]"
    for arrow in drawing.arrows:
        yield f"  {_write_dot_arrow(arrow)}"
    yield "}"


def _write_dot_arrow(arrow: Arrow) -> str:
    label = f" [label={_quote(arrow.lines)}]" if arrow.lines else ""
    return f"{arrow.start} -> {arrow.end}{label}"


def _quote(lines: Sequence[str]) -> str:
    """Lines as a quoted text of dot, in which a backslash stands for itself."""
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(escaped) + '"'
