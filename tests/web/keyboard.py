"""A reader at a keyboard: every stop is judged as it is reached (WCAG 2.1.2, 2.4.7, 2.4.11, 2.5.8)."""

from __future__ import annotations

from dataclasses import dataclass, field

STOP = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = getComputedStyle(e), boxes = [...e.getClientRects()].filter(b => b.width && b.height);
  const inside = boxes.map(b => ({
    left: Math.max(b.left, 0), top: Math.max(b.top, 0),
    right: Math.min(b.right, innerWidth), bottom: Math.min(b.bottom, innerHeight),
  })).filter(b => b.right - b.left > 1 && b.bottom - b.top > 1);
  const free = inside.some(b => {
    const over = document.elementFromPoint((b.left + b.right) / 2, (b.top + b.bottom) / 2);
    return over && (e.contains(over) || over.contains(e));
  });
  const whole = e.getBoundingClientRect();
  const grasped = e.labels && e.labels.length ? [...e.labels].map(l => l.getBoundingClientRect()) : [];
  return {
    tag: e.tagName, name: (e.innerText || e.getAttribute('aria-label') || e.id || '').trim(),
    ring: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
    inView: inside.length > 0, free,
    inline: style.display === 'inline',
    least: Math.max(Math.min(whole.width, whole.height), ...grasped.map(b => Math.min(b.width, b.height))),
  };
}"""
STOPS = """() => [...document.querySelectorAll(
  'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
  .filter(e => !e.disabled && e.getClientRects().length && getComputedStyle(e).visibility === 'visible')
  .length"""
RING_PX = 2
TARGET_PX = 24


@dataclass
class Keyboard:
    """Presses keys on a page; `stops` are the names of what was reached since it was opened."""

    page: object
    stops: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.stops = []

    def tab(self, key: str = "Tab") -> bool:
        """To the next stop, which must be seen; False where the page ends."""
        self.page.keyboard.press(key)
        stop = self.page.evaluate(STOP)
        if stop is None:
            return False
        where = f"{stop['tag']} “{stop['name']}” of {self.page.url}"
        assert stop["ring"] >= RING_PX, f"the focus on {where} is not seen"
        assert stop["inView"], f"{where} has the focus out of sight"
        assert stop["free"], f"{where} has the focus under something else"
        assert stop["inline"] or stop["least"] >= TARGET_PX, (
            f"{where} is {stop['least']:.0f} px small"
        )
        self.stops.append(stop["name"])
        return True

    def tab_to(self, reached: str) -> None:
        """On to the element of which this holds, in the words of a script where `e` has the focus."""
        for _ in range(120):
            assert self.tab(), f"nothing on {self.page.url} is: {reached}"
            if self.page.evaluate(
                f"(() => {{ const e = document.activeElement; return {reached} }})()"
            ):
                return
        raise AssertionError(f"{reached} was not reached on {self.page.url}")

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        """In place of what stands in the field."""
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def walk(self, address: str) -> list[str]:
        """All stops of a page, forward to its end and back again: neither is a trap."""
        self.open(address)
        self.page.wait_for_load_state()
        there = self.page.evaluate(STOPS)
        while self.tab():
            assert len(self.stops) <= there, f"{address} does not let go"
        forward = self.stops
        assert len(forward) == there, f"{there - len(forward)} things of {address} are not reached"
        self.stops = []
        for _ in forward:
            assert self.tab("Shift+Tab"), f"backwards {address} ends after {self.stops[-1:]}"
        assert self.stops == forward[::-1]
        return forward
