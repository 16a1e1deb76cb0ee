"""The page in a real Chromium, with every address outside this machine blocked."""

import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from urllib.request import urlopen

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="needs the test extra")
pytest.importorskip("solara", reason="needs the explore extra")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium"),
]
PATIENCE = 120_000  # ms: workers start while others use the processor


@pytest.fixture(scope="module")
def address():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "sim.cli", "explore", "tiny-quota", "--no-browser"]
    server = subprocess.Popen(
        [*command, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urlopen(address, timeout=5).close()
                break
            except OSError:
                assert server.poll() is None, "the server ended"
                time.sleep(0.5)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture
def page(address):
    outside = []

    def only_here(route):
        if re.match(r"(http|ws)://127\.0\.0\.1|data:|blob:", route.request.url):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    with playwright.sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 1200})
        page.set_default_timeout(PATIENCE)
        page.route("**/*", only_here)
        page.goto(address)
        yield page
        browser.close()
    assert outside == [], "the page asks for nothing outside this machine"


def picture(page, name):
    return page.locator(f'[aria-label="{name}"] img').first.get_attribute("src")


def test_a_slider_changes_the_figure_and_the_scenario_is_saved(page, tmp_path):
    page.wait_for_selector('[aria-label="prices"] img')
    before = picture(page, "prices")
    slider = page.locator('[aria-label="oxide-quota: level"]')
    track = slider.locator(".v-slider").first
    track.click(position={"x": 0.2 * track.bounding_box()["width"], "y": 16})
    page.wait_for_function(
        "before => document.querySelector('[aria-label=\"prices\"] img').src !== before",
        arg=before,
    )
    with page.expect_download() as download:
        page.get_by_text("Save scenario file").click()
    saved = tmp_path / "saved.toml"
    download.value.save_as(saved)
    level = tomllib.loads(saved.read_text("utf-8"))["measures"]["oxide-quota"]["level"]
    shown = slider.inner_text().split(":")[-1]
    assert float(shown) == pytest.approx(level, rel=1e-3)


def test_wrong_input_shows_a_readable_message(page):
    page.wait_for_selector("text=or a file of your own")
    field = page.get_by_label("or a file of your own, then Enter")
    field.fill("no-such-scenario")
    field.press("Enter")
    page.wait_for_selector("text=no-such-scenario")
    assert page.get_by_text("Traceback").count() == 0


def test_firms_are_watched_month_by_month(page):
    page.get_by_role("tab", name="Firm by firm").click()
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Step").click()
    page.wait_for_selector("text=January 2023 is done")
    page.get_by_role("button", name="magnet maker").click()
    page.wait_for_selector("text=, magnet maker in")
    assert page.get_by_text("know how:").count() == 1
