# SPDX-License-Identifier: MIT
"""A headless Chromium, driven over chromedriver's HTTP protocol with the standard library alone."""

import base64
import json
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

# No network of its own: what the log shows was asked for by the page.
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb",
]

# Foreground against the first opaque background behind it, for every element that has text of its own; WCAG 2's formula.
LOWEST_CONTRASTS = """
function channels(color) { return color.match(/[0-9.]+/g).map(Number); }
function luminance(color) {
  var c = channels(color).slice(0, 3).map(function (v) { v /= 255; return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); });
  return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
}
var found = {};
document.querySelectorAll('body *').forEach(function (element) {
  var own = Array.from(element.childNodes).some(function (node) { return node.nodeType === 3 && node.nodeValue.trim(); });
  var style = getComputedStyle(element);
  if (!own || !element.getClientRects().length || style.opacity === '0' || element.closest('title, style, script, .skip')) return;
  var behind = element;
  while (behind) {
    var color = channels(getComputedStyle(behind).backgroundColor);
    if (color.length < 4 || color[3] > 0) break;
    behind = behind.parentElement;
  }
  var ink = luminance(element instanceof SVGElement ? style.fill : style.color);
  var ground = luminance(behind ? getComputedStyle(behind).backgroundColor : 'rgb(255, 255, 255)');
  var contrast = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
  if (contrast < 4.5) found[element.tagName + '.' + element.getAttribute('class') + ' ' + contrast.toFixed(2)] = element.textContent.trim().slice(0, 40);
});
return found;
"""


def find_tools():
    """Paths of Chromium and chromedriver, or None where one is missing."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    return (chromium, driver) if chromium and driver else None


class Chrome:
    """One browser with one tab. A context manager."""

    def __init__(self, width=1280, height=900):
        chromium, driver = find_tools()
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self.profile = tempfile.mkdtemp(prefix="angiobench-browser-")
        # The driver picks its port and says which.
        self.driver = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = None
        deadline = time.monotonic() + 30
        while self.port is None and time.monotonic() < deadline:
            line = self.driver.stdout.readline()
            if "successfully on port" in line:
                self.port = int(line.rstrip().rstrip(".").rsplit(" ", 1)[1])
        if self.port is None:
            raise RuntimeError("chromedriver did not start")
        options = {"binary": chromium, "args": FLAGS + [f"--user-data-dir={self.profile}", f"--window-size={width},{height}"]}
        capabilities = {"browserName": "chrome", "goog:chromeOptions": options,
                        "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"}}
        self.session = ""
        value = self._request("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        self.session = "/session/" + value["sessionId"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self._request("DELETE", self.session)
        finally:
            self.driver.terminate()
            self.driver.wait(10)
            shutil.rmtree(self.profile, ignore_errors=True)

    def _request(self, method, path, body=None):
        data = json.dumps(body if body is not None else {}).encode() if method == "POST" else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=data, method=method)
        request.add_header("Content-Type", "application/json")
        try:
            with self.opener.open(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from None

    def as_new(self):
        """What a test may have changed of the tab: scripts on, light, 1280 wide."""
        self.cdp("Emulation.setScriptExecutionDisabled", value=False)
        # Smooth scrolling would move what the driver is about to click.
        self.cdp("Emulation.setEmulatedMedia", media="", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])
        self.cdp("Emulation.setDeviceMetricsOverride", width=1280, height=900, deviceScaleFactor=1, mobile=False)

    def open(self, url):
        self._request("POST", self.session + "/url", {"url": url})

    def url(self):
        return self._request("GET", self.session + "/url")

    def run(self, script, *arguments):
        """The value of a function body run in the page; the driver may, also where the page's scripts are off."""
        return self._request("POST", self.session + "/execute/sync", {"script": script, "args": list(arguments)})

    def click(self, selector):
        # To the middle first: at the top the page's own bar would lie over it.
        self.run("document.querySelector(arguments[0]).scrollIntoView({block: 'center', behavior: 'instant'})", selector)
        element = self._request("POST", self.session + "/element", {"using": "css selector", "value": selector})
        self._request("POST", f"{self.session}/element/{next(iter(element.values()))}/click", {})

    def press(self, key):
        """One key to the whole page, as a person presses it; names as WebDriver's private characters, letters as they are."""
        keys = {"ArrowRight": "\ue014", "ArrowLeft": "\ue012", "Escape": "\ue00c", "Tab": "\ue004", "Space": "\ue00d",
                "Home": "\ue011", "End": "\ue010"}
        value = keys.get(key, key)
        action = {"type": "key", "id": "keyboard", "actions": [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]}
        self._request("POST", self.session + "/actions", {"actions": [action]})

    def cdp(self, command, **parameters):
        return self._request("POST", self.session + "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def requests(self):
        """Addresses that were asked for since the last call."""
        found = []
        for entry in self._request("POST", self.session + "/se/log", {"type": "performance"}):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                found.append(message["params"]["request"]["url"])
        return found

    def complaints(self):
        """What the console said since the last call: errors, and breaches of the content security policy."""
        return [entry["message"] for entry in self._request("POST", self.session + "/se/log", {"type": "browser"})]

    def screenshot(self, path, full=False):
        parameters = {"format": "png"}
        if full:
            size = self.cdp("Page.getLayoutMetrics")["cssContentSize"]
            parameters.update(captureBeyondViewport=True, clip={"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1})
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.cdp("Page.captureScreenshot", **parameters)["data"]))

    def pdf(self, path):
        answer = self.cdp("Page.printToPDF", printBackground=False, paperWidth=8.27, paperHeight=11.69)
        with open(path, "wb") as file:
            file.write(base64.b64decode(answer["data"]))
