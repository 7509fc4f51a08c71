"""Opens the page that checks receipts in a browser and says what it says: page, folder of files, path of Chromium."""
import base64
import json
import pathlib
import re
import sys

from playwright.sync_api import expect, sync_playwright

PATIENCE_MS = 60_000
SAID = re.compile("^(green|red)$")
page_file, folder, chromium = sys.argv[1:4]
folder = pathlib.Path(folder)
found = {}
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    page = browser.new_page()
    faults = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("request", lambda request: None if request.url.startswith("file:") else faults.append(request.url))
    page.goto(pathlib.Path(page_file).as_uri())
    devtools = page.context.new_cdp_session(page)

    def said(act):
        """What the page says in the end of what was given to it."""
        page.evaluate("document.getElementById('end').className = ''")
        act()
        expect(page.locator("#end")).to_have_class(SAID, timeout=PATIENCE_MS)
        return [page.inner_text("#end"), page.inner_text("#checks")]

    def drop(*paths):
        """As the window system drops files and folders."""
        dragged = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            devtools.send("Input.dispatchDragEvent", {"type": kind, "x": 100, "y": 100, "data": dragged})

    files = sorted(path for path in folder.iterdir() if path.is_file())
    for file in files:
        found[file.name] = said(lambda path=str(file): page.set_input_files("#file", path))
        found["dropped " + file.name] = said(lambda path=file: drop(path))
    found["dropped folder"] = said(lambda: drop(folder))
    found["dropped two"] = said(lambda: drop(*[folder / "good"] * 2))
    good = base64.b64encode((folder / "good").read_bytes()).decode()
    found["overtaken"] = page.evaluate(
        """async text => {
          const late = {slice: () => ({arrayBuffer: () => new Promise(resolve => { late.comes = resolve; })})};
          const first = check([late]);
          await check([new File([Uint8Array.from(atob(text), c => c.charCodeAt(0))], 'good')]);
          const between = document.getElementById('end').textContent;
          late.comes(new ArrayBuffer(0));
          await first;
          return [between, document.getElementById('end').textContent];
        }""",
        good)
    found["whileChecking"] = page.evaluate(
        """() => {
          check([{slice: () => ({arrayBuffer: () => new Promise(() => {})})}]);
          return ['end', 'checks', 'says'].map(id => document.getElementById(id).textContent);
        }""")
    found["dropped a million"] = said(
        lambda: page.evaluate(
            """() => {
              const dropped = new Event('drop');
              dropped.dataTransfer = {files: new Array(1000000)};
              dispatchEvent(dropped);
            }"""))
    found["obeyed"] = page.evaluate(
        r"""() => {
          rows('says', [[['says', 'a\u202eb\u2066c\u200fd', 'e\nf\u0000g\u2028h\ud800i caf\u00e9 \u{1f600}'], '']]);
          return [...document.querySelectorAll('#says td')].map(cell => cell.textContent);
        }""")
    found["greenAfterSwaps"] = page.evaluate(
        """async text => {
          const good = atob(text).split('\\n').slice(0, -1), green = [];
          const judged = async (what, lines) => {
            const bytes = Uint8Array.from(lines.join('\\n') + '\\n', c => c.charCodeAt(0));
            if ((await verify(bytes, {operator: '', node: ''}, Date.now())).green) green.push(what);
          };
          for (let i = 0; i < good.length; i++) {
            await judged('twice ' + i, good.toSpliced(i, 0, good[i]));
            if (i < good.length - 1) await judged('without ' + i, good.toSpliced(i, 1));
            for (let j = 0; j < i; j++) {
              if (good[i] !== good[j]) await judged('swapped ' + j + ' ' + i, good.with(i, good[j]).with(j, good[i]));
            }
          }
          await judged('unchanged', good);
          return green;
        }""",
        good)
    found["greenAfterFlips"], found["unnamedAfterFlips"] = page.evaluate(
        """async text => {
          const good = Uint8Array.from(atob(text), c => c.charCodeAt(0));
          const green = [], unnamed = [];
          for (let i = 0; i < good.length; i++) {
            const bad = good.slice();
            bad[i] ^= 1 << i % 8;
            const found = await verify(bad, {operator: '', node: ''}, Date.now());
            if (found.green) green.push(i);
            const failed = found.checks.filter(check => check.result === 'failed');
            if (!failed.length || !failed.every(check => check.step && check.says)) unnamed.push(i);
          }
          return [green, unnamed];
        }""",
        good)
    found["faults"] = faults
    browser.close()
print(json.dumps(found))
