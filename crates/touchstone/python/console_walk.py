"""A reviewer's walk through the console, in a real browser, on a simulated world.

usage: console_walk.py URL EVENTS_PARQUET TOKENS_JSON [SHOTS_DIR]

Lands the events, waits for findings, decides a ring's case, lets one of its members appeal, has somebody else uphold the
appeal, and checks that the member's endorsements count again. Exits 1 at the first thing that is not as it should be. With
SHOTS_DIR, leaves a picture of each page at 1280 and 390 pixels.
"""

import io
import json
import pathlib
import sys
import urllib.error
import urllib.parse
import urllib.request

import pyarrow.ipc
import pyarrow.parquet
from playwright.sync_api import sync_playwright

URL, EVENTS, TOKENS = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
SHOTS = pathlib.Path(sys.argv[4]) if len(sys.argv) > 4 else None
BATCH = 20_000


def ask(role, method, path, body=None, kind="application/json"):
    request = urllib.request.Request(URL + path, data=body, method=method)
    request.add_header("Authorization", f"Bearer {TOKENS[role]}")
    if body is not None:
        request.add_header("Content-Type", kind)
    with urllib.request.urlopen(request, timeout=300) as answer:
        return json.load(answer)


def check(true, what):
    if not true:
        sys.exit(f"not so: {what}")
    print("ok:", what, flush=True)


def land():
    table = pyarrow.parquet.read_table(EVENTS)
    for number, batch in enumerate(table.to_batches(max_chunksize=BATCH)):
        sink = io.BytesIO()
        with pyarrow.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        answer = ask("ingest", "POST", "/v1/events", sink.getvalue(), "application/vnd.apache.arrow.stream")
        check(answer["landed"] + answer["duplicates"] == batch.num_rows, f"batch {number}: {batch.num_rows} events, each counted once")
    flushed = ask("admin", "POST", "/v1/flush", b"")
    check(flushed["findings"] is not None, f"{flushed['windows']} windows closed, findings made")


def shot(page, name):
    """The page at two widths; nothing may stick out at the side of a phone."""
    for width, height in ((1280, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        out = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        check(out <= 0, f"{name} fits {width} pixels")
        if SHOTS:
            page.screenshot(path=SHOTS / f"{name}-{width}.png")
    page.set_viewport_size({"width": 1280, "height": 900})


def sign_in(browser, who):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    page = context.new_page()
    page.on("pageerror", lambda e: sys.exit(f"a script failed: {e}"))
    page.on("console", lambda m: sys.exit(f"the console said: {m.text}") if "Content Security" in m.text else None)
    page.goto(URL + "/")
    check(page.url.endswith("/sign-in"), "whoever is not signed in is led to where one signs in")
    if who == "ann":
        shot(page, "sign-in")
    page.fill("#token", TOKENS[who])
    page.press("#token", "Enter")
    page.wait_for_url(URL + "/")
    return page


def decide(page, answer, reason):
    page.check(f"input[name=answer][value={answer}]")
    page.fill("#decide textarea[name=reason]", reason)
    page.click("#decide form[action$='/decide'] button.strong")
    page.wait_for_load_state()


def served(target):
    return ask("read", "GET", "/v1/targets/" + urllib.parse.quote(target, safe=""))["target"]


def walk(browser):
    ann, bob = sign_in(browser, "ann"), sign_in(browser, "bob")
    ann.reload()
    check("accused" in ann.inner_text(".headline"), ann.inner_text(".headline"))
    shot(ann, "overview")

    # The queue, by keys alone.
    ann.goto(URL + "/queue?q=is:ring")
    shot(ann, "queue")
    ann.keyboard.press("j")
    first = ann.inner_text("tr.here th")
    ann.keyboard.press("j")
    check(ann.inner_text("tr.here th") != first, "j goes down")
    ann.keyboard.press("k")
    check(ann.inner_text("tr.here th") == first, "k goes up")
    ann.keyboard.press("?")
    check(ann.is_visible("#keys"), "? shows the keys")
    ann.keyboard.press("?")
    ann.keyboard.press("Enter")
    ann.wait_for_url("**/cases/c*")
    case = ann.url.rsplit("/", 1)[1].split("?")[0]
    check(ann.is_visible(".view article"), f"{case}: the case view is drawn")
    ann.keyboard.press("c")
    ann.wait_for_selector("#decide form[action$='/decide']")
    check(True, "c claims it")
    shot(ann, "case")

    # The stakes name what would come back. A reason is needed.
    before = ask("read", "GET", f"/v1/cases/{case}/effect")
    check(before["endorsements"] > 0, f"{before['endorsements']:.0f} endorsements are at stake")
    listed = ask("read", "GET", f"/v1/cases/{case}")["case"]["discounted"]
    check(abs(before["endorsements"] - listed) < 0.01, "as many as the queue says")
    decide(ann, "confirmed", "the same targets within minutes, by accounts with one way of life")
    status = ask("read", "GET", f"/v1/cases/{case}")["case"]["status"]
    if status == "awaits_second":
        # One decision in ten is looked at again, nobody can tell which.
        bob.goto(f"{URL}/cases/{case}")
        bob.click("#claim")
        bob.check("#decide input[name=yes][value=true]")
        bob.fill("#decide textarea[name=reason]", "agreed: no innocent explanation fits")
        bob.click("#decide form[action$='/second'] button.strong")
        bob.wait_for_load_state()
        third, appealer = "eve", "eve"
    else:
        third, appealer = "bob", "bob"
    ann.goto(f"{URL}/cases/{case}")
    check("Fake endorsements" in ann.inner_text("#decide"), "the decision is in effect")
    shot(ann, "decided")

    # A member with something to win appeals by the link of the action.
    actions = ask("read", "GET", f"/v1/actions?case={case}")["items"]
    members = {m["account"]: m for m in ask("read", "GET", f"/v1/cases/{case}")["members"]}
    action = max((a for a in actions if a["appeal_path"]), key=lambda a: members[a["account"]]["discounted"])
    account = action["account"]
    judged = ask("read", "POST", "/v1/decide", json.dumps({"actor": account, "target": "anything"}).encode())
    check(judged["decision"] == "discount", "its next like is discounted")
    targets = {t["target"]: served(t["target"]) for t in before["targets"]}
    stranger = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    stranger.goto(URL + action["appeal_path"])
    check(account in stranger.inner_text("main"), "the link names the account and what was done")
    others = [m for m in members if m != account and m in stranger.inner_text("body")]
    check(not others, "and nobody else")
    shot(stranger, "appeal")
    stranger.fill("textarea", "These are posts of my course; I watched each of them. <script>alert(1)</script>")
    stranger.click("button.strong")
    stranger.wait_for_selector(".note")
    check("lodged" in stranger.inner_text(".note"), "the appeal is lodged")

    # Whoever decided cannot decide the appeal; somebody else can.
    ann.goto(f"{URL}/cases/{case}")
    ann.click("#claim")
    check("no part in the decision" in ann.inner_text(".fault"), "who decided cannot judge the appeal")
    shot(ann, "barred")
    judge = bob if third == "bob" else sign_in(browser, appealer)
    judge.goto(URL + "/queue?q=status:appealed")
    judge.keyboard.press("n")
    judge.wait_for_url(f"**/cases/{case}*")
    judge.wait_for_selector("form[action$='/appeal']")
    check("<script>" in judge.inner_text("#decide blockquote"), "what the account wrote is text, not markup")
    shot(judge, "case-appealed")
    judge.check("#decide input[name=yes][value=true]")
    judge.fill("#decide textarea[name=reason]", "the course is real; the account watches what it likes")
    judge.click("form[action$='/appeal'] button.strong")
    judge.wait_for_load_state()
    check("The appeal is decided." in judge.inner_text("main"), "the appeal is decided")

    # Its endorsements count again, and nobody else's.
    after = {t: served(t) for t in targets}
    back = sum(after[t]["authentic"] - targets[t]["authentic"] for t in targets)
    check(back > 0.5, f"{back:.1f} endorsements count again on {sum(after[t] != targets[t] for t in targets)} targets")
    check(back <= members[account]["discounted"] + 1e-3, "no more than the account's own")
    judged = ask("read", "POST", "/v1/decide", json.dumps({"actor": account, "target": "anything"}).encode())
    check(judged["decision"] == "allow", "its next like counts")
    labels = urllib.request.Request(URL + "/v1/labels", headers={"Authorization": f"Bearer {TOKENS['read']}"})
    text = urllib.request.urlopen(labels).read().decode()
    check(f"{account},,cleared," in text, "and it is a label")
    most = max(targets, key=lambda t: after[t]["restored"])
    judge.goto(URL + "/targets/" + urllib.parse.quote(most, safe=""))
    shot(judge, "target")
    judge.goto(URL + "/accounts/" + urllib.parse.quote(account, safe=""))
    check("cleared by a review" in judge.inner_text("main"), "the account's page says so")
    shot(judge, "account")
    judge.goto(URL + "/ledger")
    check("Appeal decided" in judge.inner_text("main"), "the ledger has it")
    shot(judge, "ledger")

    # Another case is cleared, and taken back.
    judge.goto(URL + "/queue?q=is:ring status:open")
    judge.keyboard.press("n")
    judge.wait_for_url("**/cases/c*")
    other = judge.url.rsplit("/", 1)[1].split("?")[0]
    stake = ask("read", "GET", f"/v1/cases/{other}/effect")["targets"][0]
    decide(judge, "cleared", "a class with one reading list")
    if ask("read", "GET", f"/v1/cases/{other}")["case"]["status"] == "decided":
        now = served(stake["target"])["authentic"]
        check(now > stake["authentic"], f"cleared: {stake['authentic']:.1f} becomes {now:.1f}")
    judge.click("text=Undo the decision")
    judge.fill("#undo-reason", "looked at the wrong case")
    judge.click("form[action$='/undo'] button")
    judge.wait_for_load_state()
    check("as it was before" in judge.inner_text("main"), "undone")
    now = served(stake["target"])["authentic"]
    check(abs(now - stake["authentic"]) < 1e-6, "and the count is as before")

    # Chinese, by key, and it stays.
    judge.goto(URL + "/queue")
    judge.keyboard.press("l")
    check(judge.inner_text("h1") == "队列", "l speaks Chinese")
    judge.goto(f"{URL}/cases/{case}")
    judge.wait_for_function("document.documentElement.lang === 'zh-CN'")
    check("影响" in judge.inner_text("#decide"), "on the next page, too")
    shot(judge, "case-chinese")
    judge.keyboard.press("l")
    judge.click("text=Sign out")
    judge.wait_for_url("**/sign-in")


land()
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    )
    walk(browser)
    browser.close()
print("the walk is done")
