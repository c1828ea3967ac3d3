"""Small multiples as SVG, readable on light and on dark pages."""

import math

WIDTH, HEIGHT, LEFT, TOP = 200, 150, 52, 34
GAP_X, GAP_Y = 16, 46

STYLE = """<style>
text{font:11px system-ui,sans-serif;fill:#57606a}.title{font-weight:600;fill:#1f2328}
.axis{stroke:#8c959f;stroke-width:1;fill:none}.grid{stroke:#8c959f;stroke-opacity:.25;stroke-width:1}
.simulated{stroke:#d1570c;fill:none;stroke-width:2}.real{stroke:#0969da;fill:none;stroke-width:2}
.other{stroke:#6e7781;fill:none;stroke-width:1.2;stroke-dasharray:4 3}
@media (prefers-color-scheme:dark){text{fill:#9198a1}.title{fill:#f0f6fc}.simulated{stroke:#ff9a55}
.real{stroke:#58a6ff}.other{stroke:#9198a1}}
</style>"""


class Panel:
    """One picture of the row: curves over a common pair of axes. `logs` says which axes are logarithmic."""

    def __init__(self, title, curves, x_label, logs="", x_ticks=None, x_range=None, y_range=None, y_ticks=None):
        self.title, self.curves, self.x_label, self.logs = title, curves, x_label, logs
        self.x_ticks, self.y_ticks = x_ticks, y_ticks
        points = [(x, y) for _, xs, ys in curves for x, y in zip(xs, ys) if y > 0 or "y" not in logs]
        self.x_range = x_range or (min(p[0] for p in points), max(p[0] for p in points))
        self.y_range = y_range or (min(p[1] for p in points), max(p[1] for p in points))

    def place(self, value, low, high, length, logarithmic):
        if logarithmic:
            value, low, high = (math.log10(max(v, 1e-12)) for v in (value, low, high))
        return (value - low) / ((high - low) or 1.0) * length

    def draw(self, left, top):
        x = lambda value: left + self.place(value, *self.x_range, WIDTH, "x" in self.logs)
        y = lambda value: top + HEIGHT - self.place(value, *self.y_range, HEIGHT, "y" in self.logs)
        parts = [f'<text class="title" x="{left}" y="{top - 10}">{self.title}</text>']
        for value, label in self.y_ticks or powers(self.y_range, {0: "100 %"}):
            if within(value, self.y_range):
                parts.append(f'<line class="grid" x1="{left}" x2="{left + WIDTH}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>')
                parts.append(f'<text x="{left - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{label}</text>')
        for value, label in self.x_ticks or powers(self.x_range):
            if within(value, self.x_range):
                parts.append(f'<text x="{x(value):.1f}" y="{top + HEIGHT + 15}" text-anchor="middle">{label}</text>')
                parts.append(f'<line class="axis" x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{top + HEIGHT}" y2="{top + HEIGHT + 4}"/>')
        parts.append(f'<path class="axis" d="M{left},{top}V{top + HEIGHT}H{left + WIDTH}"/>')
        parts.append(f'<text x="{left + WIDTH / 2}" y="{top + HEIGHT + 30}" text-anchor="middle">{self.x_label}</text>')
        # What stands for itself lies on top.
        for kind, xs, ys in sorted(self.curves, key=lambda curve: ("other", "real", "simulated").index(curve[0])):
            points = [(x(a), y(b)) for a, b in zip(xs, ys) if within(a, self.x_range) and within(b, self.y_range)]
            parts.append(f'<polyline class="{kind}" points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in thin(points))}"/>')
        return "\n".join(parts)


def within(value, bounds):
    """Whether it lies between the bounds, give or take rounding."""
    slack = 1e-3 * min(abs(bound) for bound in bounds)
    return bounds[0] - slack <= value <= bounds[1] + slack


def thin(points):
    """Leaves out points that move by less than half a pixel."""
    kept = []
    for point in points:
        if not kept or abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= 0.5:
            kept.append(point)
    return kept


def powers(bounds, more=None):
    low, high = (math.log10(max(bound, 1e-12)) for bound in bounds)
    names = {-4: "0.01 %", -3: "0.1 %", -2: "1 %", -1: "10 %", 0: "1", 3: "1,000", 4: "10,000"} | (more or {})
    exponents = range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)
    return [(10.0**e, names.get(e, f"{10**e:,}" if e > 0 else f"{10.0**e:g}")) for e in exponents]


def percent(*values):
    return [(value, f"{value:.0%}".replace("%", " %")) for value in values]


def write(path, title, legend, panels, columns=4):
    """All panels in a grid, with what the colours mean above."""
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    width = columns * (WIDTH + LEFT + GAP_X) + 10
    height = 30 + rows * (HEIGHT + TOP + GAP_Y)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{title}">',
        STYLE,
    ]
    at = LEFT
    for kind, words in legend:
        parts.append(f'<line class="{kind}" x1="{at}" x2="{at + 24}" y1="14" y2="14"/>')
        parts.append(f'<text x="{at + 30}" y="18">{words}</text>')
        at += 46 + 6.1 * len(words)
    for place, panel in enumerate(panels):
        left = LEFT + (place % columns) * (WIDTH + LEFT + GAP_X)
        parts.append(panel.draw(left, 30 + TOP + (place // columns) * (HEIGHT + TOP + GAP_Y)))
    path.write_text("\n".join(parts) + "\n</svg>\n")
