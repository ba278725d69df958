"""When a reader sees something: Chromium with a slow line and a slow machine, nothing in its cache."""

from __future__ import annotations

import statistics

from playwright.sync_api import Browser, sync_playwright

from benchmarks.serving import Served

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]  # fmt: skip
LINE = {
    "offline": False, "latency": 150,
    "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8,
}  # fmt: skip
SLOWER = 4
TIMES = 5
PAINT = """new Promise(told => {
  const seen = () => performance.getEntriesByName('first-contentful-paint')[0];
  if (seen()) return told(seen().startTime);
  new PerformanceObserver(() => seen() && told(seen().startTime)).observe({type: 'paint', buffered: true});
})"""


def first_paint_ms(served: Served, path: str) -> tuple[float, float]:
    """Median and least of the first contentful paint; the server has answered the page before."""
    served.get(path)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            found = [_once(browser, served.address + path) for _ in range(TIMES)]
            return statistics.median(found), min(found)
        finally:
            browser.close()


def _once(browser: Browser, address: str) -> float:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", LINE)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address)
    found = float(page.evaluate(PAINT))
    context.close()
    return found
