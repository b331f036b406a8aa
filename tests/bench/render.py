# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Figures as text, as markdown and as a picture (SVG written by hand)."""
import math

from servers import LABELS

COLOURS = {
    "open": "#7f7f7f",
    "auth0": "#c8401f",
    "uncached": "#e8a08a",
    "openidc": "#2f6fb0",
    "oauth2": "#3d8f4d",
}
NONE = "-"


def columns(table):
    """The products that a table has, in their order."""
    return [p for p in LABELS if any(p in row for row in table.values())]


def thousands(name):
    """1000 as 1,000; other names as they are."""
    return f"{int(name):,}" if name.isdigit() else name


def ratio(value, base):
    return f"{value / base:.2f}x" if base else NONE


def cpu_cell(cell, base):
    if "cpu" not in cell:
        return NONE
    text = f"{cell['cpu']:.1f}"
    if base is cell or "cpu" not in base:
        return text
    return f"{text} ({cell['above']:+.1f}, {ratio(cell['cpu'], base['cpu'])})"


def pair_cell(cell, _):
    if "cpu" not in cell:
        return NONE
    return f"{cell['cpu']:.1f} ({cell['above']:+.1f})"


def instruction_cell(cell, base):
    if "instructions" not in cell:
        return NONE
    text = f"{cell['instructions']:,.0f}"
    if base is cell or "instructions" not in base:
        return text
    return f"{text} ({ratio(cell['instructions'], base['instructions'])})"


def above_cell(cell, _):
    value = cell.get("instructions_above")
    return NONE if value is None else f"{value:,.0f}"


def latency_cell(cell, _):
    if "p99" not in cell:
        return NONE
    return f"{cell['p99']:.0f}"


def rate_cell(cell, _):
    return f"{cell['rate']:,.0f}" if "rate" in cell else NONE


def grid(part, heading, make):
    """One table: (heading, head, rows)."""
    table = part["table"]
    products = columns(table)
    rows = []
    for situation, row in table.items():
        base = row.get("open", {})
        cells = [make(row.get(p, {}), base) for p in products]
        rows.append([thousands(situation), *cells])
    if all(cell == NONE for row in rows for cell in row[1:]):
        return None
    head = [part.get("unit", ""), *[LABELS[p] for p in products]]
    if part.get("by_product"):
        head, *rows = map(list, zip(head, *rows))
    return heading, head, rows


def floor_grid(part):
    rows = [
        [alg, f"{f['cpu']:.1f}",
         f"{f['instructions']:,.0f}" if "instructions" in f else NONE]
        for alg, f in part["floor"].items()
    ]
    return ("OpenSSL alone, one verification",
            ["", "CPU us", "instructions"], rows)


def memory_grid(part):
    rows = [
        [LABELS[p], f"{m['first']:,}", f"{m['last']:,}",
         f"{m['last'] - m['first']:+,}"]
        for p, m in part["memory"].items()
    ]
    return ("KiB resident", ["", *part["points"], "difference"], rows)


CPU = "CPU of the server, us a request (above, and as a multiple of, the first)"
PAIRS = "CPU of the server, us a request (above the open location)"
INSTRUCTIONS = "Instructions in user space, a request"


def grids(part):
    """All tables of a part."""
    if "memory" in part:
        return [memory_grid(part)]
    found = [grid(part, PAIRS, pair_cell) if part.get("pairs")
             else grid(part, CPU, cpu_cell)]
    if part.get("latency"):
        found += [grid(part, "p99, us", latency_cell),
                  grid(part, "requests a second", rate_cell)]
    found.append(grid(part, INSTRUCTIONS, instruction_cell))
    if part.get("curve"):
        found.append(grid(
            part, "Instructions above \"Require all granted\"", above_cell
        ))
    if part.get("by_product"):
        found.append(grid(
            part, "Instructions above the open location", above_cell
        ))
    if "floor" in part:
        found.append(floor_grid(part))
    return [g for g in found if g]


def text_table(head, rows):
    widths = [
        max(len(row[i]) for row in [head, *rows]) for i in range(len(head))
    ]
    lines = []
    for row in [head, *rows]:
        cells = [row[0].ljust(widths[0])]
        cells += [c.rjust(w) for c, w in zip(row[1:], widths[1:])]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def markdown_table(head, rows):
    lines = ["| " + " | ".join(row) + " |" for row in [head, *rows]]
    lines.insert(1, "|---" * len(head) + "|")
    return "\n".join(lines)


def others(row, kind, form):
    """What the products of a row are above the first, in words."""
    return ", ".join(
        f"{LABELS[p]} {cell[kind]:{form}}"
        for p, cell in row.items() if p != "open" and kind in cell
    )


def times(value, base):
    """Multiples of less than a microsecond would say nothing."""
    return (f"{value / base:.2f} times" if base >= 1
            else "an unknown multiple of")


def of_products(row, kind, *products):
    return [row.get(product, {}).get(kind) for product in products]


def floor_same_cpu(row, when):
    """How far a known token is from the least that it can take."""
    found = of_products(row, "above", "auth0", "floor-hash", "floor-plain")
    if None in found:
        return
    ours, hashed, plain = found
    yield (
        f"The same token again{when}: mod_auth0 adds {ours:.1f} us, "
        f"{times(ours, hashed)} what a user, a provider and the hash of the "
        f"token by EVP add ({hashed:.1f}), {times(ours, plain)} what they add "
        f"with the hash that it makes ({plain:.1f})."
    )


def floor_same_instructions(row):
    """The same without the hash: callgrind knows no SHA instructions."""
    found = of_products(row, "instructions_above", "auth0", "floor-nothing",
                        "floor-plain", "floor-fingerprint")
    if None in found:
        return
    ours, bare, plain, both = found
    yield (
        f"The same token again: mod_auth0 adds {ours:,.0f} instructions. "
        f"Beside the hash of the token they are {ours - plain + bare:,.0f}, "
        f"where a user and a provider take {bare:,.0f}; beside one by EVP of "
        f"the token and 32 bytes more, which it does not make, they would be "
        f"{ours - both + bare:,.0f}."
    )


def floor_new(row, when, kind, unit, form):
    """How far a new token is from the least, and a peer's from it."""
    found = of_products(row, kind, "auth0", "floor-verify", "floor-cjose")
    if None in found:
        return
    ours, least, cjose = found
    peer = row.get("openidc", {}).get(kind)
    beside = "" if peer is None else (
        f" It is {times(ours, peer)} what mod_auth_openidc adds "
        f"({peer:{form}}); the floor with cjose is {times(cjose, peer)} that."
    )
    yield (
        f"Each token new{when}: mod_auth0 adds {ours:{form}} {unit}, "
        f"{times(ours, cjose)} what the hash by EVP, cjose and one JSON parse "
        f"add ({cjose:{form}}), and {times(ours, least)} what hash and RS256 "
        f"by EVP add ({least:{form}}).{beside}"
    )


def floor_summary(table, when=""):
    same, new = (table.get(s, {}) for s in ("the same token", "each token new"))
    yield from floor_same_cpu(same, when)
    yield from floor_new(new, when, "above", "us", ".1f")
    # Instructions do not depend on pauses.
    if not when:
        yield from floor_same_instructions(same)
        yield from floor_new(new, when, "instructions_above", "instructions",
                             ",.0f")


def proxy_summary(table):
    """How far a known token with claims for a back end is from its hash."""
    told = of_products(table.get("told claims", {}), "above", "auth0")
    hashed = of_products(table.get("told nothing", {}), "above", "floor-hash")
    if None in told + hashed:
        return
    yield (
        f"Four claims to a back end: mod_auth0 adds {told[0]:.1f} us, "
        f"{times(told[0], hashed[0])} what a user, a provider and the hash of "
        f"the token by EVP add there ({hashed[0]:.1f})."
    )


def summary(results):
    """Sentences for those who read no tables."""
    parts = results["parts"]
    found = []
    for situation, row in parts.get("tokens", {}).get("table", {}).items():
        found.append(
            f"{situation}: {row['open']['cpu']:.0f} us with Require all "
            f"granted, and more by {others(row, 'above', '.0f')} us."
        )
    tables = {name: part.get("table", {}) for name, part in parts.items()}
    found += floor_summary(tables.get("floor", {}))
    found += floor_summary(tables.get("floor-pauses", {}), ", after a pause")
    found += proxy_summary(tables.get("proxy", {}))
    for part in parts.values():
        if not part.get("curve"):
            continue
        kind, unit, form = "instructions_above", "instructions", ",.0f"
        ends = list(part["table"].items())
        ends = [ends[0], ends[-1]]
        if not all(kind in row.get("auth0", {}) for _, row in ends):
            kind, unit, form = "above", "us", ".0f"
        (low, first), (high, last) = ends
        found.append(
            f"{part['title']}, from {thousands(low)} to {thousands(high)}: "
            f"mod_auth0 is {first['auth0'][kind]:{form}} and "
            f"{last['auth0'][kind]:{form}} {unit} above Require all granted."
        )
    return found


def as_text(results):
    out = [f"{name}: {value}" for name, value in results["machine"].items()]
    out += ["", *summary(results)]
    for part in results["parts"].values():
        out += ["", f"== {part['title']}"]
        for heading, head, rows in grids(part):
            out += ["", heading, text_table(head, rows)]
        out += [f"  {note}" for note in part["notes"]]
    return "\n".join(out) + "\n"


def as_markdown(results, picture):
    machine = [[n, str(v)] for n, v in results["machine"].items()]
    out = [markdown_table(["the run", ""], machine), "",
           *[f"- {line}" for line in summary(results)], "",
           f"![The figures as bars and curves]({picture})"]
    for part in results["parts"].values():
        out += ["", f"### {part['title']}"]
        for heading, head, rows in grids(part):
            out += ["", f"{heading}:", "", markdown_table(head, rows)]
        for note in part["notes"]:
            out += ["", note]
    return "\n".join(out) + "\n"


class Panel:
    """A part of the picture, with its own axes; y grows downwards in SVG."""

    WIDTH, HEIGHT = 420, 260
    LEFT, TOP, RIGHT, BOTTOM = 62, 40, 14, 44

    def __init__(self, title, below):
        self.title, self.below = title, below
        self.marks = []

    def text(self, x, y, text, anchor="middle", size=11, turn=False):
        turned = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turn else ""
        self.marks.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" '
            f'text-anchor="{anchor}"{turned}>{escape(text)}</text>'
        )

    def line(self, x1, y1, x2, y2, colour="#dddddd"):
        self.marks.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="{colour}"/>'
        )

    @property
    def bottom(self):
        return self.HEIGHT - self.BOTTOM

    @property
    def right(self):
        return self.WIDTH - self.RIGHT

    def scale(self, most):
        """A linear axis from 0; returns value -> y."""
        step = nice(most / 4)
        top = step * math.ceil(most / step)

        def at(value):
            return self.bottom - value / top * (self.bottom - self.TOP)

        for i in range(int(round(top / step)) + 1):
            self.line(self.LEFT, at(i * step), self.right, at(i * step))
            self.text(self.LEFT - 5, at(i * step) + 4, short(i * step), "end")
        return at

    def finish(self, x, y):
        self.text(self.LEFT, 18, self.title, "start", 13)
        self.text(self.LEFT, 32, self.below, "start", 10)
        marks = "\n".join(self.marks)
        return f'<g transform="translate({x} {y})">\n{marks}\n</g>'


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def nice(value):
    """1, 2 or 5 times a power of ten, at least value."""
    power = 10 ** math.floor(math.log10(max(value, 1e-9)))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= value)


def short(value):
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def bars(title, below, table, kind):
    """Groups of bars, one for each situation."""
    panel = Panel(title, below)
    table = {name: row for name, row in table.items()
             if any(kind in cell for cell in row.values())}
    values = [c[kind] for row in table.values() for c in row.values()
              if kind in c]
    if not values:
        return None
    at = panel.scale(max(values))
    products = columns(table)
    group = (panel.right - panel.LEFT) / len(table)
    width = group * 0.8 / len(products)
    for i, (situation, row) in enumerate(table.items()):
        left = panel.LEFT + i * group + group * 0.1
        for j, product in enumerate(products):
            value = row.get(product, {}).get(kind)
            if value is None:
                continue
            panel.marks.append(
                f'<rect x="{left + j * width:.1f}" y="{at(value):.1f}" '
                f'width="{width:.1f}" height="{panel.bottom - at(value):.1f}" '
                f'fill="{COLOURS[product]}"/>'
            )
        words = situation.replace("token", "").split(", ")
        for k, word in enumerate(words[:2]):
            panel.text(left + group * 0.4, panel.bottom + 15 + 13 * k,
                       word.strip(), size=9)
    return panel


def curve(part, kind, below):
    """A line for each product, over a logarithmic axis of counts."""
    table = part["table"]
    panel = Panel(part["title"], below)
    xs = [int(name) for name in table]
    values = [c[kind] for row in table.values() for c in row.values()
              if kind in c]
    if not values or len(xs) < 2:
        return None
    at = panel.scale(max(*values, 1))
    is_log = xs[-1] / xs[0] > 20
    place = math.log10 if is_log else float
    low, high = place(xs[0]), place(xs[-1])

    def across(x):
        share = (place(x) - low) / (high - low)
        return panel.LEFT + 8 + share * (panel.right - panel.LEFT - 24)

    for x in xs:
        panel.text(across(x), panel.bottom + 16, short(x), size=10)
    panel.text((panel.LEFT + panel.right) / 2, panel.bottom + 32,
               part.get("unit", ""), size=10)
    for product in columns(table):
        dots = [(across(int(n)), at(max(row[product][kind], 0)))
                for n, row in table.items() if kind in row.get(product, {})]
        draw_line(panel, dots, COLOURS[product])
    return panel


def draw_line(panel, dots, colour):
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in dots)
    panel.marks.append(
        f'<polyline points="{way}" fill="none" stroke="{colour}" '
        'stroke-width="2"/>'
    )
    panel.marks += [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
        for x, y in dots
    ]


def panels(results):
    parts = results["parts"]
    for name in ("tokens", "refusals"):
        if name in parts:
            part = parts[name]
            yield bars(part["title"], "CPU of the server, us a request",
                       part["table"], "cpu")
            yield bars(part["title"], "instructions a request",
                       part["table"], "instructions")
    for part in parts.values():
        if part.get("curve"):
            yield curve(part, "instructions",
                        "instructions a request") or curve(
                part, "cpu", "CPU of the server, us a request")


def legend(results):
    tables = [p["table"] for p in results["parts"].values() if "table" in p]
    seen = {p for table in tables for p in columns(table)}
    marks, x = [], 20
    for product, colour in COLOURS.items():
        if product not in seen:
            continue
        label = LABELS[product]
        marks.append(
            f'<rect x="{x}" y="12" width="12" height="12" '
            f'fill="{colour}"/><text x="{x + 17}" y="22" '
            f'font-size="12">{label}</text>'
        )
        x += 50 + 7 * len(label)
    return "\n".join(marks)


def as_svg(results):
    drawn = [p for p in panels(results) if p]
    width = 2 * Panel.WIDTH
    height = 36 + Panel.HEIGHT * max(math.ceil(len(drawn) / 2), 1)
    body = [
        panel.finish(i % 2 * Panel.WIDTH, 36 + i // 2 * Panel.HEIGHT)
        for i, panel in enumerate(drawn)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" fill="#222222">\n'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n'
        + legend(results) + "\n" + "\n".join(body) + "\n</svg>\n"
    )
