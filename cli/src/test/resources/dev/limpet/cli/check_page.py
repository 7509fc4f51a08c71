"""Opens the page that checks receipts in a browser and says what it says: page, folder of files, path of Chromium."""
import base64
import json
import pathlib
import sys

from playwright.sync_api import expect, sync_playwright

PATIENCE_MS = 60_000
page_file, folder, chromium = sys.argv[1:4]
found = {}
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    page = browser.new_page()
    faults = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("request", lambda request: None if request.url.startswith("file:") else faults.append(request.url))
    page.goto(pathlib.Path(page_file).as_uri())
    for file in sorted(pathlib.Path(folder).iterdir()):
        page.evaluate("document.getElementById('end').textContent = ''")
        page.set_input_files("#file", str(file))
        expect(page.locator("#end")).not_to_be_empty(timeout=PATIENCE_MS)
        found[file.name] = [page.inner_text("#end"), page.inner_text("#checks")]
    good = pathlib.Path(folder, "good").read_bytes()
    page.evaluate("document.getElementById('end').textContent = ''")
    page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.items.add(new File([Uint8Array.from(atob(text), c => c.charCodeAt(0))], 'dropped'));
          document.dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}));
        }""",
        base64.b64encode(good).decode())
    expect(page.locator("#end")).not_to_be_empty(timeout=PATIENCE_MS)
    found["dropped"] = [page.inner_text("#end"), page.inner_text("#checks")]
    found["greenAfterFlips"] = page.evaluate(
        """async text => {
          const good = Uint8Array.from(atob(text), c => c.charCodeAt(0));
          const green = [];
          for (let i = 0; i < good.length; i++) {
            const bad = good.slice();
            bad[i] ^= 1 << i % 8;
            if ((await verify(bad, {operator: '', node: ''}, Date.now())).green) green.push(i);
          }
          return green;
        }""",
        base64.b64encode(good).decode())
    found["faults"] = faults
    browser.close()
print(json.dumps(found))
