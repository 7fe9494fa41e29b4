"""Markdown as this project's documents use it, as man(7) source.

Headings, paragraphs, lists, tables, code, emphasis and links; nothing else is in the documents.
"""

import re
import textwrap

WIDTH = 74  # columns of a page on a terminal of 80
LONGEST = 80  # bytes of a line of source
NARROW = 16  # columns of a table that is split rather than listed

NARROW = 16  # columns of a table that is split rather than listed

# The columns of a wide table whose text needs no name in front of it.
UNNAMED = ("", "meaning", "says", "description")

ITEM = re.compile(r"^( *)([-*]|\d+\.) +(.*)$")


def escape(text):
    """Text without a meaning for roff. Other characters than ASCII become escapes, which every roff knows."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    # Characters that roff would print as typographic ones, which no shell takes.
    for plain, name in (("'", "aq"), ("`", "ga"), ("^", "ha"), ("~", "ti")):
        text = text.replace(plain, f"\\({name}")
    return "".join(c if ord(c) < 128 else f"\\[u{ord(c):04X}]" for c in text)


def line(text):
    """A line of text, which is no request even if it begins with a dot or an apostrophe."""
    return "\\&" + text if text[:1] in (".", "'") else text


def argument(text):
    """An argument of a macro."""
    return '"' + text.replace('"', "\\(dq") + '"'


def inline(text):
    """Emphasis, code and links within a line."""
    parts = re.split(r"(`+)(.+?)\1", text)
    # The pieces are text, a fence and code, in turn.
    out = []
    for place in range(0, len(parts), 3):
        out.append(_prose(parts[place]))
        if place + 2 < len(parts):
            out.append("\\fB" + escape(parts[place + 2].strip()) + "\\fR")
    return "".join(out)


def _prose(text):
    text = re.sub(r"\[([^\]]*)\]\((https?:[^)]*)\)", r"\1 <\2>", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = escape(text.replace("\\|", "|"))
    text = re.sub(r"\*\*(.+?)\*\*", r"\\fB\1\\fR", text)
    return re.sub(r"(?<![\w*])\*(\S(?:.*?\S)?)\*(?![\w*])", r"\\fI\1\\fR", text)


def visible(text):
    """The length of a text on the terminal."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return len(text.replace("`", "").replace("**", ""))


def section(document, anchor):
    """The lines below the heading with this anchor, and those below its subheadings. Their level is
    counted from 1."""
    lines = document.split("\n")
    found = None
    out = []
    for number, (text, is_code) in enumerate(_marked(lines)):
        heading = None if is_code else re.match(r"(#+) +(.*)", text)
        if heading and found is None and anchor_of(heading[2]) == anchor:
            found = len(heading[1])
        elif heading and found is not None:
            if len(heading[1]) <= found:
                break
            out.append("#" * (len(heading[1]) - found) + " " + heading[2])
        elif found is not None:
            out.append(text)
    if found is None:
        raise SystemExit(f"no heading has the anchor #{anchor}")
    return out


def anchor_of(heading):
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _marked(lines):
    """Pairs of a line and True if it is code between fences."""
    fenced = False
    for text in lines:
        is_fence = text.lstrip().startswith("```")
        yield text, fenced or is_fence
        fenced = fenced != is_fence


def convert(lines, headings=(".SS",)):
    """The lines of a document as man(7) source. `headings` are the macros of the first levels; deeper
    headings are bold paragraphs."""
    out = []
    rest = list(lines)
    while rest:
        text = rest[0]
        if not text.strip():
            rest.pop(0)
        elif text.lstrip().startswith("```"):
            rest.pop(0)
            out += code(_until(rest, lambda each: each.lstrip().startswith("```"), drops=True))
        elif text.startswith("    "):
            out += code(_indented(rest))
        elif found := re.match(r"(#+) +(.*)", text):
            rest.pop(0)
            out += _heading(found[2], headings[len(found[1]) - 1 :])
        elif text.startswith("|"):
            out += table(_until(rest, lambda each: not each.startswith("|")))
        elif ITEM.match(text):
            out += items(_until(rest, lambda each: each.strip() and not ITEM.match(each) and each[:1] != " "))
        else:
            ends = re.compile(r"^(#|\||```| *[-*] | *\d+\. )")
            words = [rest.pop(0)] + _until(rest, lambda each: not each.strip() or ends.match(each))
            out += [".PP", paragraph(words)]
    return out


def _heading(text, macros):
    if not macros:
        return [".PP", line(f"\\fB{inline(text)}\\fR")]
    # Sections are in capitals by convention.
    return [f"{macros[0]} {argument(inline(text.upper() if macros[0] == '.SH' else text))}"]


def paragraph(words):
    """A paragraph: a line of source for each line of text."""
    text = inline(" ".join(each.strip() for each in words))
    # roff ends a sentence at the end of a line.
    return "\n".join(wrapped(each) for each in re.split(r"(?<=[.?!:;]) +", text))


def wrapped(text):
    """Text in lines that are short enough for every roff."""
    lines = textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(line(each) for each in lines)


def _until(rest, ends, drops=False):
    """Takes lines up to the one that ends them."""
    taken = []
    while rest and not ends(rest[0]):
        taken.append(rest.pop(0))
    if drops and rest:
        rest.pop(0)
    return taken


def _indented(rest):
    taken = _until(rest, lambda each: each.strip() and not each.startswith("    "))
    while not taken[-1].strip():
        taken.pop()
    return [each[4:] for each in taken]


def code(lines):
    """Lines as they are."""
    return [".PP", ".in +4n", ".EX", *(line(escape(each)) if each else "" for each in lines), ".EE", ".in"]


def items(lines):
    """A list, with lists and code in it."""
    out = []
    entry = None
    for text in [*lines, "- "]:
        found = ITEM.match(text) if len(text) - len(text.lstrip()) < 2 else None
        if found and entry is not None:
            mark, own = entry
            out += [f".IP {argument(mark)} 4", *_item(own)]
        if found:
            entry = (found[2] if found[2][0].isdigit() else "\\(bu", [found[3]])
        elif entry is not None:
            entry[1].append(text)
    return out


def _item(lines):
    width = min((len(each) - len(each.lstrip()) for each in lines[1:] if each.strip()), default=0)
    body = [lines[0]] + [each[width:] for each in lines[1:]]
    words = [body.pop(0)] + _until(body, lambda each: not each.strip() or ITEM.match(each) or each[:1] in " |`")
    out = [paragraph(words)]
    inner = convert(body)
    return out + ([".RS 4", *inner, ".RE"] if inner else [])


def table(lines):
    """A table: as such if it is narrow, else a list of its first column."""
    rows = [_cells(each) for each in lines]
    header, body = rows[0], rows[2:]
    widths = [max(visible(row[n]) for row in [header, *body]) for n in range(len(header))]
    grid = _grid(header, body)
    if sum(widths) + 3 * len(widths) <= WIDTH and max(map(len, grid)) <= LONGEST:
        return grid
    if max(widths) <= NARROW:
        return _stacked(header, body, widths)
    return _definitions(header, body)


def _cells(text):
    cells = re.split(r"(?<!\\)\|", text.strip().strip("|"))
    return [each.strip() for each in cells]


def _stacked(header, body, widths):
    """A table with many narrow columns, as several that fit, each with the first column."""
    out = []
    columns = list(range(1, len(header)))
    while columns:
        taken = [columns.pop(0)]
        while columns and sum(widths[n] + 3 for n in [0, *taken, columns[0]]) <= WIDTH:
            taken.append(columns.pop(0))
        parts = [0, *taken]
        out += _grid([header[n] for n in parts], [[row[n] for n in parts] for row in body])
    return out


def _grid(header, body):
    rows = ["\t".join(inline(each) or "\\&" for each in row) for row in body]
    # A table may break at the end of a page.
    out = [".PP", ".TS", "nokeep;", "l" + " l" * (len(header) - 1) + "."]
    if any(header):
        out += ["\t".join(f"\\fB{inline(each)}\\fR" if each else "\\&" for each in header)]
    return out + [line(row) for row in rows] + [".TE"]


def _definitions(header, body):
    out = []
    for row in body:
        tag = inline(row[0]) or "\\&"
        cells = [(name, cell) for name, cell in zip(header[1:], row[1:]) if cell]
        said = [inline(cell) for name, cell in cells if name in UNNAMED]
        named = [(name, cell) for name, cell in cells if name not in UNNAMED]
        if len(header) == 2:
            said, named = [inline(cell) for _, cell in named] + said, []
        said += [f"\\fI{inline(name)}\\fR: {inline(cell)}" for name, cell in named]
        text = "\n.br\n".join(wrapped(each) for each in said) or "\\&"
        out += [".TP", line(tag), text] if len(tag) <= LONGEST else [".PP", wrapped(tag), ".RS", text, ".RE"]
    return out
