"""The report in a real browser, as a reader uses it: keys, links, both languages, widths, accessibility.

Run by tests/reading.rs with a folder of reports; needs Playwright, axe-core (axe-playwright-python) and Chromium. Prints a line
a check and exits with 1 if one fails.
"""

import json
import pathlib
import re
import sys
import time

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

PAGES = ["#overview", "#rings", "#accounts", "#targets", "#ranking", "#reading"]
# Fine on a phone and on a desk.
WIDTHS = [1280, 390]
OPENS_MS_MAX = 1000
FAILED = []


def check(name, holds, detail=""):
    print(("ok      " if holds else "FAILED  ") + name + (f": {detail}" if detail and not holds else ""), flush=True)
    if not holds:
        FAILED.append(name)


class Reader:
    """A page, with what it says on its console and asks of the network."""

    def __init__(self, browser, file, locale="en-GB", width=1280, **more):
        self.context = browser.new_context(locale=locale, viewport={"width": width, "height": 900}, **more)
        self.page = self.context.new_page()
        self.said, self.asked = [], []
        self.page.on("console", lambda m: self.said.append(m.text))
        self.page.on("pageerror", lambda e: self.said.append(str(e)))
        self.page.on("request", lambda r: self.asked.append(r.url))
        self.page.on("dialog", lambda d: (self.said.append(f"dialog: {d.message}"), d.dismiss()))
        self.file = file

    def open(self, fragment=""):
        # A blank page in between: a fragment alone would not load anything.
        self.page.goto("about:blank")
        self.page.goto(self.file.as_uri() + fragment)
        self.settle()

    def settle(self):
        # A fragment changes the page in an event of its own.
        self.page.evaluate("() => new Promise(done => setTimeout(done, 20))")
        self.page.wait_for_function("!document.querySelector('main').hasAttribute('aria-busy')")

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        self.settle()

    def go(self, fragment):
        self.page.evaluate("f => { location.hash = f; }", fragment)
        self.settle()

    def on(self):
        return self.page.evaluate("document.querySelector('.page.on')?.id")

    def turn(self, key, page):
        """To a page by its key; a busy machine may take its time."""
        self.press(key)
        self.page.wait_for_function(f"document.querySelector('.page.on')?.id === {json.dumps(page)}")

    def hash(self):
        return self.page.evaluate("location.hash")

    def close(self, name):
        check(f"{name}: console is silent", not self.said, self.said[:3])
        outside = [url for url in self.asked if not url.startswith(("file:", "data:", "about:", "blob:"))]
        check(f"{name}: asks for nothing", not outside, outside[:3])
        self.context.close()


def links(reader, list_id):
    return reader.page.eval_on_selector_all(f"{list_id} tbody th a", "all => all.map(a => a.getAttribute('href'))")


def keys(browser, file):
    r = Reader(browser, file)
    r.open()
    check("opens on the overview", r.on() == "overview")
    r.press("2")
    check("2 turns to the rings", r.on() == "rings")
    r.press("j", "j")
    here = r.page.evaluate("[...document.querySelectorAll('#list-rings tbody tr')].findIndex(r => r.classList.contains('here'))")
    check("j goes down a list", here == 1, here)
    r.press("k")
    here = r.page.evaluate("[...document.querySelectorAll('#list-rings tbody tr')].findIndex(r => r.classList.contains('here'))")
    check("k goes up again", here == 0, here)
    r.press("Enter")
    r.page.wait_for_function("document.querySelector('.page.on')?.id.startsWith('ring')")
    rings = links(r, "#list-rings")
    check("Enter opens the ring", r.hash() == rings[0], r.hash())
    r.press("j")
    r.page.wait_for_function(f"location.hash === {json.dumps(rings[1])}")
    check("j turns to the next case", True)
    r.press("u")
    r.page.wait_for_function("document.querySelector('.page.on')?.id === 'rings'")
    check("u goes up to the list", True)
    r.press("?")
    check("? opens the keys", r.page.evaluate("document.querySelector('#help').open"))
    r.press("Escape")
    check("Escape closes them", not r.page.evaluate("document.querySelector('#help').open"))
    r.turn("3", "accounts")
    r.press("/")
    check("/ goes to the search", r.page.evaluate("document.activeElement.id") == "search")
    name = r.page.inner_text("#list-accounts tbody tr:nth-child(3) th")
    r.page.keyboard.type(name)
    left = r.page.evaluate("[...document.querySelectorAll('#list-accounts tbody tr')].filter(r => !r.hidden).length")
    check("search filters the list", left >= 1 and left < len(links(r, "#list-accounts")), left)
    r.press("Escape")
    hidden = r.page.evaluate("document.querySelectorAll('#list-accounts tr[hidden]').length")
    check("Escape ends the search", hidden == 0, hidden)
    r.turn("1", "overview")
    r.press("/")
    r.page.keyboard.type("r1")
    check("search elsewhere offers links", r.page.eval_on_selector_all("#found a", "a => a.length") >= 1)
    r.press("Escape")
    r.turn("3", "accounts")
    values = "[...document.querySelectorAll('#list-accounts tbody tr')].map(r => parseFloat(r.cells[2].innerText.replace(/,/g, '')))"
    r.page.click("#list-accounts thead th:nth-child(3) button")
    r.page.click("#list-accounts thead th:nth-child(3) button")
    up = r.page.evaluate(values)
    check("a heading sorts", up == sorted(up), up[:5])
    r.close("keys")


def fragments(browser, file, hostile):
    r = Reader(browser, file)
    r.open("#ring-r2")
    check("a link to a ring opens it", r.on() == "ring-r2", r.on())
    accounts = None
    r.open("#accounts")
    accounts = links(r, "#list-accounts")
    r.open(accounts[1])
    check("a link to an account opens its case", r.on() == "account" and "Evidence" in r.page.inner_text("#account"))
    r.open("#account/nobody-of-this-name")
    check("a link to nothing says so", r.on() == "missing", r.on())
    r.page.go_back()
    targets = None
    r.open("#targets")
    targets = links(r, "#list-targets")
    r.open(targets[2])
    check("a link to a target shows its row", r.on() == "targets" and r.page.eval_on_selector_all("tr.here", "r => r.length") == 1)
    # A name that is markup stays a name, also when its case is unpacked into the page.
    found = [a for a in accounts if "script" in a or "img" in a]
    check("the hostile account is listed", len(found) >= 1, accounts[:5])
    for link in found:
        r.open(link)
        inside = r.page.evaluate("document.querySelectorAll('#account script, #account img, #account iframe').length")
        shown = r.page.inner_text("#account h3")
        check("a hostile name stays inert", inside == 0 and any(name[:12] in shown for name in hostile), shown)
        check("and nothing of it ran", r.page.evaluate("window.ran === undefined"))
    r.close("fragments")


# The same in every language: columns, files, settings, names of ours.
SAME = "|".join(
    "Touchstone English UTC p_fake events parquet csv rejects JavaScript Esc detect lockstep neighbours_max pool keys_max signals "
    "without actor target ts owner views ip device published_at dwell_ms watch_fraction duration_ms logit".split()
)


def english_left(reader):
    """Words of English in sight, outside of names and of what is the same in every language."""
    return reader.page.evaluate(
        """words => {
        const same = new RegExp(`\\\\b(?:${words})\\\\b`, 'g');
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const left = new Set();
        for (let n; (n = walker.nextNode());) {
          const e = n.parentElement;
          if (e.closest('bdi, .name, kbd, script, style, noscript, h1, [lang=en]')) continue;
          if (e.closest('.page') && !e.closest('.page.on')) continue;
          const text = n.nodeValue.replace(same, '');
          if (/[A-Za-z]{3,}/.test(text)) left.add(n.nodeValue.trim().slice(0, 160));
        }
        return [...left];
      }""",
        SAME,
    )


def languages(browser, file):
    r = Reader(browser, file, locale="zh-CN")
    r.open()
    check("a Chinese browser reads Chinese", r.page.evaluate("document.documentElement.lang") == "zh-CN")
    fragments = [p for p in PAGES if r.page.evaluate(f"!!document.querySelector('{p}')")]
    fragments += links(r, "#list-rings") + links(r, "#list-accounts")[:40]
    left = {}
    for fragment in fragments:
        r.go(fragment)
        for text in english_left(r):
            left.setdefault(text, fragment)
    check("no English is left", not left, json.dumps(dict(list(left.items())[:12]), ensure_ascii=False, indent=1))
    r.go("#overview")
    r.page.click("#language")
    check("the switch leads to English", "Reported" in r.page.inner_text("#overview"))
    r.open()
    check("the choice is remembered", r.page.evaluate("document.documentElement.lang") == "en")
    r.press("l")
    check("l leads back", r.page.evaluate("document.documentElement.lang") == "zh-CN")
    r.press("l")
    english = r.page.inner_text("#overview")
    r.close("Chinese")
    r = Reader(browser, file)
    r.open()
    check("English is what it was before", r.page.inner_text("#overview") == english)
    r.close("English")


def widths(browser, file, locale):
    axe = Axe()
    for width in WIDTHS:
        r = Reader(browser, file, locale=locale, width=width)
        r.open()
        fragments = [p for p in PAGES if r.page.evaluate(f"!!document.querySelector('{p}')")]
        fragments += links(r, "#list-rings")[:2] + links(r, "#list-accounts")[:1]
        for fragment in fragments:
            r.go(fragment)
            wide = r.page.evaluate("document.documentElement.scrollWidth")
            check(f"{locale} {width} {fragment}: no sideways scroll", wide <= width, wide)
            cut = r.page.evaluate(CUT)
            check(f"{locale} {width} {fragment}: no label is cut", not cut, cut[:4])
            if width == WIDTHS[-1] and locale != "en-GB":
                continue
            bad = [v for v in axe.run(r.page).response["violations"] if v["impact"] in ("serious", "critical")]
            told = [(v["id"], v["nodes"][0]["html"][:160]) for v in bad]
            check(f"{locale} {width} {fragment}: axe finds no serious fault", not bad, told[:3])
        r.close(f"{locale} {width}")


# Texts of pictures in sight that begin or end outside of their picture.
CUT = """() => {
  const cut = [];
  for (const svg of document.querySelectorAll('.page.on svg[role=img]')) {
    const box = svg.getBoundingClientRect();
    if (!box.width) continue;
    for (const text of svg.querySelectorAll('text')) {
      const t = text.getBoundingClientRect();
      if (t.width && (t.left < box.left - 1.5 || t.right > box.right + 1.5)) cut.push(`${svg.getAttribute('class')}: ${text.textContent}`);
    }
  }
  return cut;
}"""

# The picture of a page as boxes: what stands where, at 1280. Independent of the fonts of a machine but for line breaks, so
# rounded and compared with tolerance.
LAYOUT = """() => [...document.querySelectorAll('.page.on h2, .page.on h3, .page.on h4, .page.on figure, .page.on table, .page.on svg, .page.on .cards li, .page.on .note, .page.on .tiles div')]
  .filter(e => e.getBoundingClientRect().height > 0)
  .map(e => { const b = e.getBoundingClientRect(); return [e.tagName.toLowerCase(), Math.round(b.left), Math.round(b.width)]; })"""


def pictures(browser, file, golden):
    """Boxes against the golden ones; and the same page drawn twice gives the same picture."""
    r = Reader(browser, file, color_scheme="light")
    layout = {}
    for fragment in ["#overview", "#ring-r1", "#ring-r3"]:
        r.open(fragment)
        layout[fragment] = r.page.evaluate(LAYOUT)
        first = r.page.screenshot(full_page=True)
        r.open(fragment)
        check(f"{fragment}: the same picture twice", r.page.screenshot(full_page=True) == first)
    r.close("pictures")
    if not golden.exists() or "--bless" in sys.argv:
        golden.write_text(json.dumps(layout))
        print(f"wrote {golden}")
    expected = json.loads(golden.read_text())
    for fragment, boxes in layout.items():
        wanted = expected.get(fragment, [])
        check(f"{fragment}: the same parts in the same order", [b[0] for b in boxes] == [b[0] for b in wanted],
              f"{len(boxes)} parts, {len(wanted)} before")
        moved = [(a, b) for a, b in zip(boxes, wanted) if abs(a[1] - b[1]) > 12 or abs(a[2] - b[2]) > 24 + 0.1 * b[2]]
        check(f"{fragment}: each where it was", not moved, moved[:3])


def dark_differs(browser, file):
    r = Reader(browser, file, color_scheme="dark")
    r.open("#ring-r1")
    background = r.page.evaluate("getComputedStyle(document.body).backgroundColor")
    bad = [v["id"] for v in Axe().run(r.page).response["violations"] if v["impact"] in ("serious", "critical")]
    check("dark: a dark page without serious faults", background == "rgb(19, 23, 29)" and not bad, (background, bad))
    r.close("dark")


def without_script(browser, file):
    r = Reader(browser, file, java_script_enabled=False)
    r.page.goto(file.as_uri())
    text = r.page.inner_text("body")
    check("without JavaScript rings are readable", "Who endorsed what" in text and "Evidence" in text)
    check("without JavaScript it says what is missing", "need JavaScript" in text)
    r.close("no script")


def many(browser, file):
    size = file.stat().st_size
    check("200 rings stay below 3 MB", size < 3_000_000, size)
    r = Reader(browser, file)
    times = []
    for _ in range(5):
        r.page.goto("about:blank")
        r.page.goto(file.as_uri())
        times.append(r.page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))
    # The machine may be busy; the page is as fast as its fastest opening.
    check(f"200 rings open in under a second ({min(times):.0f} ms)", min(times) < OPENS_MS_MAX, [round(t) for t in times])
    check("all 200 are there", len(links(r, "#list-rings")) == 200, len(links(r, "#list-rings")))
    r.close("200 rings")


def main():
    folder, golden = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    chromium = sys.argv[3]
    hostile = json.loads((folder / "hostile.json").read_text())
    began = time.monotonic()
    with sync_playwright() as p:
        # No name resolves: whatever a page asks for fails, and is seen.
        args = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND", "--disable-background-networking"]
        browser = p.chromium.launch(executable_path=chromium, args=args)
        keys(browser, folder / "three-rings.html")
        fragments(browser, folder / "three-rings.html", hostile)
        languages(browser, folder / "three-rings.html")
        if (folder / "detected.html").exists():
            languages(browser, folder / "detected.html")
        widths(browser, folder / "three-rings.html", "en-GB")
        widths(browser, folder / "three-rings.html", "zh-CN")
        pictures(browser, folder / "three-rings.html", golden)
        dark_differs(browser, folder / "three-rings.html")
        without_script(browser, folder / "three-rings.html")
        many(browser, folder / "many-rings.html")
        browser.close()
    print(f"{len(FAILED)} failed, {time.monotonic() - began:.0f} s")
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
