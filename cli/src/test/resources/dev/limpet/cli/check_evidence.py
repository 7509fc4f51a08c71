"""Opens a page of evidence in a browser, light and dark, wide and narrow, and walks it by keyboard: page, folder for pictures, path of Chromium."""
import json
import pathlib
import sys

from playwright.sync_api import sync_playwright

MAX_STEPS = 40
page_file, pictures, chromium = sys.argv[1:4]
found = {"faults": [], "overflow": [], "broken": [], "colours": {}}
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    for scheme in ("light", "dark"):
        for width in (1100, 360):
            page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
            page.on("pageerror", lambda fault: found["faults"].append(str(fault)))
            page.on("console", lambda message: found["faults"].append(message.text))
            page.on("request", lambda request: None if request.url.startswith("file:") else found["faults"].append(request.url))
            page.goto(pathlib.Path(page_file).as_uri())
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            beside = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
            if beside > 0:
                found["overflow"].append(f"{beside} at {scheme} {width}")
            found["broken"] += page.evaluate(
                """() => [...document.querySelectorAll('details td:first-child')].filter(cell => {
                  const range = document.createRange();
                  range.selectNodeContents(cell);
                  return range.getClientRects().length > 1;
                }).map(cell => cell.textContent)""")
            found["colours"][scheme] = page.evaluate("getComputedStyle(document.body).color")
            page.screenshot(path=f"{pictures}/{scheme}-{width}.png", full_page=True)
            page.close()
    page = browser.new_page()
    page.goto(pathlib.Path(page_file).as_uri())
    reached = []
    for _ in range(MAX_STEPS):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(
            "document.activeElement.tagName + ' ' + (getComputedStyle(document.activeElement).outlineStyle !== 'none')"))
        if page.evaluate("document.activeElement.innerText").startswith("green"):
            page.keyboard.press("Enter")
            break
    found["reached"] = reached[-1:]
    found["open"] = page.evaluate("document.querySelectorAll('details[open]').length")
    page.keyboard.press("Tab")
    found["inside"] = page.evaluate("document.activeElement.getAttribute('href') || ''")
    found["title"] = page.title()
    found["headings"] = page.locator("h2").all_inner_texts()
    browser.close()
print(json.dumps(found))
